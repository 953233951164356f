using Varve.Arrow;
using Varve.Benchmarks.Log;
using Varve.Storage;

namespace Varve.Benchmarks.Engine;

/// <summary>
/// The whole engine in process: the bytes are the values of a batch of telemetry rows (a time, a device and two readings, 32 bytes each),
/// appended to one stream with everything that an append does: checks, encoding, order, log, sync, tail, acknowledgement.
/// </summary>
internal sealed class EngineTarget : IDurableTarget
{
    private const int ColumnCount = 4;
    private const int ValueBytes = 8;

    private static readonly Schema Telemetry = new([
        new Field("at", ArrowTypes.TimestampMicrosUtc, isNullable: false),
        new Field("device", ArrowTypes.Int64, isNullable: false),
        new Field("temperature", ArrowTypes.Float64),
        new Field("pressure", ArrowTypes.Float64),
    ]);

    private readonly StorageEngine _engine;

    private EngineTarget(StorageEngine engine) => _engine = engine;

    /// <param name="directory">The data directory.</param>
    /// <param name="zerosBytes">How far ahead of the log's tail zeros are laid out from the start; null for as far as usual.</param>
    public static async Task<IDurableTarget> OpenAsync(string directory, long? zerosBytes)
    {
        var options = new StorageOptions { Directory = directory, TailMemoryLimitBytes = long.MaxValue };
        if (zerosBytes is { } bytes)
            options = options with { LogSizes = new LogSizes { ZeroAheadBytes = bytes, ZeroAheadAtFirstBytes = bytes } };
        StorageEngine engine = await StorageEngine.OpenAsync(options).ConfigureAwait(false);
        await engine.CreateStreamAsync("telemetry", Telemetry).ConfigureAwait(false);
        return new EngineTarget(engine);
    }

    public Task AppendAsync(ReadOnlyMemory<byte> bytes)
    {
        int rows = bytes.Length / ColumnCount / ValueBytes;
        int columnBytes = rows * ValueBytes;
        var columns = new ArrayData[ColumnCount];
        for (int i = 0; i < ColumnCount; i++)
            columns[i] = new ArrayData(Telemetry.Fields[i].Type, rows, 0, [default, bytes.Slice(i * columnBytes, columnBytes)]);
        return _engine.AppendAsync("telemetry", new RecordBatch(Telemetry, rows, columns));
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();
}
