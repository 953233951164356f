using System.Collections.Concurrent;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Engine;

/// <summary>Many writers and readers against a model: what was acknowledged, at which offsets.</summary>
public class ConcurrencyTests(ITestOutputHelper output)
{
    private const int StreamCount = 3;

    [Fact]
    public async Task Writers_and_readers_agree_on_one_order_per_stream()
    {
        int seed = TestSeed.Next(output.WriteLine);
        await using EngineHost host = await EngineHost.StartAsync();
        for (int i = 0; i < StreamCount; i++)
            await host.Engine.CreateStreamAsync("s" + i, Rows.Schema);
        ConcurrentBag<(AppendResult Result, long FirstNumber)> acknowledged = [];
        using CancellationTokenSource done = new();
        Task[] readers = [.. Enumerable.Range(0, 4).Select(i => Task.Run(() => ReadAsync(host.Engine, "s" + (i % StreamCount), done.Token)))];

        await Task.WhenAll(
            Enumerable.Range(0, 24).Select(writer => Task.Run(() => WriteAsync(host.Engine, writer, new Random(seed + writer), acknowledged))));
        await done.CancelAsync();
        await Task.WhenAll(readers);

        Check(host.Engine, acknowledged);
        await host.ReopenAsync();
        Check(host.Engine, acknowledged);
    }

    /// <summary>Numbers of writer w begin at w * 1,000,000 and rise, so every row says who wrote it and when.</summary>
    private static async Task WriteAsync(
        StorageEngine engine, int writer, Random random, ConcurrentBag<(AppendResult Result, long FirstNumber)> acknowledged)
    {
        long next = writer * 1_000_000L;
        for (int i = 0; i < 60; i++)
        {
            int count = random.Next(20) == 0 ? random.Next(2_000, 8_000) : random.Next(1, 50);
            AppendResult result = await engine.AppendAsync("s" + random.Next(StreamCount), Rows.Range(next, count));
            Assert.Equal(count, result.RowCount);
            Assert.True(result.Position <= engine.VisibleUpTo, "acknowledged before it was visible");
            StreamView view = engine.OpenView(result.Stream);
            Assert.True(view.EndOffset >= result.FirstOffset + count && view.Position >= result.Position, "a writer does not see its own rows");
            acknowledged.Add((result, next));
            next += count;
        }
    }

    /// <summary>Reads what is new as it comes: nothing that was seen may change, and nothing may be seen that is not durable.</summary>
    private static async Task ReadAsync(StorageEngine engine, string stream, CancellationToken done)
    {
        List<long> seen = [];
        try
        {
            while (true)
            {
                await engine.WaitForRowsAsync(stream, seen.Count, done);
                StreamView view = engine.OpenView(stream);
                Assert.True(view.Position <= engine.DurableUpTo, "a reader sees what is not durable");
                view.CheckShape();
                long[] numbers = view.Numbers();
                Assert.True(seen.SequenceEqual(numbers.Take(seen.Count)), "rows changed after they were seen");
                Assert.True(view.Times().Zip(view.Times().Skip(1)).All(t => t.First <= t.Second), "time falls");
                seen.AddRange(numbers.Skip(seen.Count));
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static void Check(StorageEngine engine, IReadOnlyCollection<(AppendResult Result, long FirstNumber)> acknowledged)
    {
        for (int i = 0; i < StreamCount; i++)
        {
            StreamView view = engine.OpenView("s" + i);
            view.CheckShape();
            long[] numbers = view.Numbers();
            long next = 0;
            Dictionary<long, long> newest = [];
            LogPosition position = LogPosition.None;
            foreach ((AppendResult result, long first) in acknowledged.Where(a => a.Result.Stream == "s" + i).OrderBy(a => a.Result.FirstOffset))
            {
                Assert.Equal(next, result.FirstOffset);
                Assert.Equal(Enumerable.Range(0, result.RowCount).Select(n => first + n), numbers.Skip((int)next).Take(result.RowCount));
                Assert.True(result.Position >= position, "positions and offsets have different orders");
                Assert.True(newest.GetValueOrDefault(first / 1_000_000, -1) < first, "a writer's appends changed their order");
                newest[first / 1_000_000] = first;
                position = result.Position;
                next += result.RowCount;
            }

            Assert.Equal(next, numbers.Length);
        }
    }
}
