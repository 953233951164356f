using System.Diagnostics;
using Varve.Arrow;
using Varve.Storage;

namespace Varve.Load.Delivery;

/// <summary>Writers that each append one batch after the other, waiting for its durability.</summary>
internal sealed class WriterGroup(StorageEngine engine, RecordBatch batch, int writerCount)
{
    private const string Stream = "load";

    public Task<AppendRound> PlainAsync(TimeSpan span) => RunAsync(span, _ => Task.FromResult<ProducerSession?>(null));

    /// <summary>Each writer is a producer of its own.</summary>
    public Task<AppendRound> NumberedAsync(TimeSpan span) => RunAsync(span, async i => await engine.OpenProducerAsync("writer " + i));

    private async Task<AppendRound> RunAsync(TimeSpan span, Func<int, Task<ProducerSession?>> open)
    {
        ProducerSession?[] sessions = new ProducerSession?[writerCount];
        for (int i = 0; i < writerCount; i++)
            sessions[i] = await open(i);
        long started = Stopwatch.GetTimestamp();
        List<double>[] taken = await Task.WhenAll(sessions.Select(s => Task.Run(() => WriteAsync(s, started, span))));
        double[] all = [.. taken.SelectMany(t => t)];
        return new AppendRound(all.Length / Stopwatch.GetElapsedTime(started).TotalSeconds, all);
    }

    private async Task<List<double>> WriteAsync(ProducerSession? session, long started, TimeSpan span)
    {
        List<double> milliseconds = [];
        for (long i = 0; Stopwatch.GetElapsedTime(started) < span; i++)
        {
            AppendOptions options = session is { } s
                ? new AppendOptions { Producer = new ProducerSequence(s.Id, s.Epoch, s.NextSequence + i) }
                : AppendOptions.None;
            long at = Stopwatch.GetTimestamp();
            await engine.AppendAsync(new StreamAppend(Stream, batch), options);
            milliseconds.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
        }

        return milliseconds;
    }
}
