using Varve.Arrow;
using Varve.Arrow.Ipc;

namespace Varve.Storage.Streams;

/// <summary>
/// Whether the rows of a stream are compressed in the log: large records are, for as long as that saves enough; where it did not, the next ones are
/// written as they are before it is tried again. One per stream; any thread, and a lost update costs one trial.
/// </summary>
/// <remarks>
/// Measured (docs/decisions/0004): zstd 1 takes 75-120 us for 64 KiB and 1.1-1.9 ms for 1 MiB of telemetry and log lines, writing them plain
/// 50 us and 0.8 ms, and it saves 75-85 % of the bytes; of 1 KiB it saves 15-45 % for ten times the time.
/// </remarks>
internal sealed class CompressionTrial
{
    /// <summary>Rows that weigh less are not compressed: it would cost an append more time than it saves on any local disk.</summary>
    private const long BytesMin = 256 << 10;

    private const int SkippedAfterFailure = 15;

    private int _toSkip;

    public BodyCompression Choose(long sizeBytes)
    {
        if (sizeBytes < BytesMin)
            return BodyCompression.None;
        int toSkip = Volatile.Read(ref _toSkip);
        if (toSkip == 0)
            return BodyCompression.Zstd;
        Volatile.Write(ref _toSkip, toSkip - 1);
        return BodyCompression.None;
    }

    /// <summary>What a compressed record came to. A quarter has to be saved.</summary>
    public void Learn(long sizeBytes, long encodedBytes)
    {
        if (encodedBytes > sizeBytes / 4 * 3)
            Volatile.Write(ref _toSkip, SkippedAfterFailure);
    }

    /// <summary>Fails where the library is missing, before anything depends on it.</summary>
    public static void Require()
    {
        try
        {
            Schema schema = new([new Field("zeros", new FixedSizeBinaryType(64))]);
            ArrayData zeros = new(schema.Fields[0].Type, 1, 0, [default, new byte[64]]);
            BatchEncoder.Encode(new RecordBatch(schema, 1, [zeros]), BodyCompression.Zstd);
        }
        catch (ArrowFormatException e)
        {
            throw new StorageException(StorageErrorCode.Unsupported, $"large records of the log are compressed with zstd: {e.Message}", e);
        }
    }
}
