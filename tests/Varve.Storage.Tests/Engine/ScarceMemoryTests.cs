using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Storage.Tail;

namespace Varve.Storage.Tests.Engine;

/// <summary>Memory that runs out at every place of an append in turn.</summary>
public class ScarceMemoryTests
{
    /// <summary>Two chunks, of which the first is begun.</summary>
    private const int RowsBefore = TailChunk.RowCountMax - 700;

    private const int RowsAppended = 1_500;

    private static readonly RecordBatch Before = Rows.Range(0, RowsBefore);

    [Fact]
    public async Task An_append_that_memory_runs_out_for_is_refused_or_done_and_the_node_goes_on()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        ScarceMemory none = new(int.MaxValue, 1);
        await AppendAsync(host.Engine, "none", none);
        int refused = 0;
        for (int fail = 1; fail <= none.LookCount; fail++)
            refused += await AppendAsync(host.Engine, $"s{fail}", new ScarceMemory(fail, 1)) ? 0 : 1;

        // Some of the looks are before the rows are in the log, some behind.
        Assert.InRange(refused, 1, none.LookCount - 1);
        Assert.Equal(refused, host.Engine.Statistics.MemoryRefusalCount);
        await host.ReopenAsync();
        for (int fail = 1; fail <= none.LookCount; fail++)
            CheckRows(host.Engine, $"s{fail}");
    }

    [Fact]
    public async Task Rows_that_are_in_the_log_and_cannot_be_shown_stop_the_node_and_are_there_after_a_restart()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        ScarceMemory none = new(int.MaxValue, 1);
        await AppendAsync(host.Engine, "none", none);
        await BeginAsync(host.Engine, "s");

        // The last look is that of the tail, when the rows are durable.
        ScarceMemory scarce = new(none.LookCount, int.MaxValue);
        StorageException stopped = await Assert.ThrowsAsync<StorageException>(
            () => host.Engine.AppendAsync("s", scarce.Of(Rows.Range(RowsBefore, RowsAppended))));
        Assert.Equal(StorageErrorCode.NodeStopped, stopped.Code);
        Assert.False(host.Engine.IsAccepting);
        Assert.Equal(RowsBefore, host.Engine.OpenView("s").EndOffset);
        await host.ReopenAsync();
        Assert.Equal(RowsBefore + RowsAppended, host.Engine.OpenView("s").EndOffset);
        CheckRows(host.Engine, "s");
    }

    /// <summary>False where the append was refused.</summary>
    private static async Task<bool> AppendAsync(StorageEngine engine, string stream, ScarceMemory memory)
    {
        await BeginAsync(engine, stream);
        bool isDone = true;
        try
        {
            await engine.AppendAsync(stream, memory.Of(Rows.Range(RowsBefore, RowsAppended)));
        }
        catch (StorageException e)
        {
            Assert.Equal(StorageErrorCode.MemoryLimit, e.Code);
            Assert.Contains(stream, e.Message, StringComparison.Ordinal);
            isDone = false;
        }

        Assert.True(engine.IsAccepting);
        Assert.Equal(RowsBefore + (isDone ? RowsAppended : 0), engine.OpenView(stream).EndOffset);
        await engine.AppendAsync(stream, Rows.Range(engine.OpenView(stream).EndOffset, 3));
        CheckRows(engine, stream);
        return isDone;
    }

    private static async Task BeginAsync(StorageEngine engine, string stream)
    {
        await engine.CreateStreamAsync(stream, Rows.Schema);
        await engine.AppendAsync(stream, Before);
    }

    /// <summary>Row n has number n, and the text that belongs to it. Looks at the rows of the append, and a few around them.</summary>
    private static void CheckRows(StorageEngine engine, string stream)
    {
        StreamView view = engine.OpenView(stream);
        view.CheckShape();
        long next = view.EndOffset - RowsAppended - 100;
        foreach (ViewChunk chunk in view.Chunks.Where(c => c.FirstOffset + c.RowCount > next))
        {
            (ArrayData numbers, ArrayData texts) = (chunk.Columns[0], chunk.Columns[1]);
            for (; next < chunk.FirstOffset + chunk.RowCount; next++)
            {
                int row = (int)(next - chunk.FirstOffset);
                Assert.Equal(next, ArrayReader.GetInt64(numbers, row));
                Assert.Equal(next % 5 == 0 ? null : "text " + next, ArrayReader.GetValue(texts, row));
            }
        }

        Assert.Equal(view.EndOffset, next);
    }
}
