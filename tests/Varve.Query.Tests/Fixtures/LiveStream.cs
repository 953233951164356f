using Varve.Arrow;
using Varve.Storage;

namespace Varve.Query.Tests.Fixtures;

/// <summary>
/// The life of stream s in an engine with real segments: rows come, are sealed, merged, ordered by one column or another, brought to new keys and let
/// go, as chance wants it. Row n of the stream is row n of <see cref="VariedRows"/>. One thread lives; any thread reads meanwhile.
/// </summary>
/// <param name="random">Decides.</param>
/// <param name="storage">Seals and merges by itself too.</param>
/// <param name="rows">All rows that may come, in their order.</param>
internal sealed class LiveStream(Random random, StorageEngine storage, IReadOnlyList<RecordBatch> rows)
{
    public const string Name = "s";

    private const int AppendRowsMax = 1_500;

    private static readonly string[] Sortable = ["k", "host", "path", "n", "ts", "v", "m", "ok", "region", "u", "id"];

    private int _batch;
    private int _row;
    private long _acknowledged;

    /// <summary>Rows that every view shows, or has let go.</summary>
    public long Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>A stream whose oldest segment lacks a column, with another one merged into it.</summary>
    public async Task BeginAsync()
    {
        await storage.CreateStreamAsync(Name, rows[0].Schema);
        await AppendAsync(3_000);
        await storage.FlushAsync(Name);
        await storage.AddColumnsAsync(Name, [new Field("later", ArrowTypes.Int64)]);
        await AppendAsync(2_000);
        await storage.FlushAsync(Name);
        await storage.CompactAsync(Name);
        await AppendAsync(2_000);
    }

    public async Task LiveAsync(int stepCount)
    {
        for (int step = 0; step < stepCount; step++)
            await StepAsync();
    }

    private async Task StepAsync()
    {
        switch (random.Next(16))
        {
            case 0 or 1 or 2:
                await storage.FlushAsync(Name);
                break;
            case 3 or 4:
                await storage.CompactAsync(Name);
                break;
            case 5 or 6:
                await storage.SetStreamSettingsAsync(Name, new StreamSettings
                {
                    ClusterBy = [.. Sortable.OrderBy(_ => random.Next()).Take(random.Next(3))],
                    RetainRows = random.Next(2) == 0 ? random.Next(4_000, 20_000) : null,
                });
                break;
            case 7 when random.Next(3) == 0:
                await storage.RotateStreamKeyAsync(Name);
                break;
            case 8 when random.Next(3) == 0:
                await storage.CheckpointAsync();
                break;
            default:
                await AppendAsync(random.Next(4) == 0 ? random.Next(1, 20) : random.Next(1, AppendRowsMax));
                break;
        }
    }

    private async Task AppendAsync(int count)
    {
        while (count > 0 && _batch < rows.Count)
        {
            RecordBatch batch = rows[_batch];
            int taken = Math.Min(count, batch.RowCount - _row);
            AppendResult result = await storage.AppendAsync(Name, batch.Slice(_row, taken));
            Volatile.Write(ref _acknowledged, result.FirstOffset + taken);
            count -= taken;
            _row += taken;
            if (_row == batch.RowCount)
                (_batch, _row) = (_batch + 1, 0);
        }
    }
}
