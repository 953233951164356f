using System.Security.Cryptography;
using Varve.Arrow;
using Varve.Storage;

namespace Varve.Load.Backup;

/// <summary>
/// A node with rows of a number and some random bytes, which are in segments, encrypted; it grows when told to. One caller.
/// </summary>
internal sealed class BackupData : IAsyncDisposable
{
    public const string Stream = "events";

    private const int BatchRows = 16_384;
    private const int PayloadBytes = 56;

    private static readonly Schema Columns = new(
        [new Field("n", ArrowTypes.Int64, isNullable: false), new Field("payload", new FixedSizeBinaryType(PayloadBytes), isNullable: false)]);

    private readonly string _directory;
    private long _next;

    private BackupData(string directory, StorageEngine engine) => (_directory, Engine) = (directory, engine);

    public StorageEngine Engine { get; }

    public string Segments => Path.Combine(_directory, "segments");

    public long SegmentBytes => Engine.Statistics.SegmentBytes;

    public static async Task<BackupData> MakeAsync(string directory, long bytes)
    {
        StorageOptions options = new() { Directory = directory, TailMemoryLimitBytes = 2L << 30 };
        BackupData data = new(directory, await StorageEngine.OpenAsync(options));
        await data.Engine.CreateStreamAsync(Stream, Columns);
        await data.GrowAsync(bytes);

        // What would be merged later is merged now: that is neither a part of what is measured nor does it take files away under who copies them.
        await data.Engine.CompactAsync(Stream);
        return data;
    }

    /// <summary>Appends about so many bytes of rows, and moves them into segments.</summary>
    public async Task GrowAsync(long bytes)
    {
        for (long end = _next + Math.Max(1, bytes / (sizeof(long) + PayloadBytes)); _next < end;)
        {
            int count = (int)Math.Min(BatchRows, end - _next);
            await Engine.AppendAsync(Stream, Rows(_next, count));
            _next += count;
        }

        await Engine.FlushAsync(Stream);
    }

    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    public static RecordBatch Rows(long first, int count)
    {
        byte[] numbers = new byte[count * sizeof(long)];
        for (int i = 0; i < count; i++)
            BitConverter.TryWriteBytes(numbers.AsSpan(i * sizeof(long)), first + i);
        byte[] payload = RandomNumberGenerator.GetBytes(count * PayloadBytes);
        ArrayData[] columns = [.. Columns.Fields.Zip([numbers, payload], (field, values) => new ArrayData(field.Type, count, 0, [default, values]))];
        return new RecordBatch(Columns, count, columns);
    }
}
