using Varve.Client;
using Varve.Protocol.V1;

namespace Varve.EndToEnd.Tests.Restore;

/// <summary>
/// Clients that use a daemon as hard as they can: producers, a consumer for each stream, and one who changes settings and keys and makes, fills and drops
/// streams. They note what they do. Stopped when the daemon is gone.
/// </summary>
internal sealed class NodeLoad(string endpoint, WrittenNode node, int seed) : IAsyncDisposable
{
    private const int Producers = 4;
    private const int BatchRowsMax = 20;
    private const int ChurnedBatches = 6;
    private const string Group = "group";

    private static readonly string[] Lasting = ["orders", "events"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Soon over, once the daemon is gone.</summary>
    private static readonly TimeSpan RetryFor = TimeSpan.FromSeconds(5);

    private readonly VarveClient _client = new(new VarveClientOptions { Endpoint = endpoint });
    private readonly CancellationTokenSource _stop = new();
    private readonly List<WrittenStream> _lasting = [];
    private TaskCompletionSource _nextAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task[] _running = [];
    private long _answered;
    private long _churned;

    /// <summary>Makes what lasts, so that it is in the first snapshot, and begins.</summary>
    public async Task StartAsync()
    {
        foreach (string name in Lasting)
        {
            WrittenStream stream = await CreateAsync(name);
            await _client.CreateConsumerAsync(name, Group);
            _lasting.Add(stream);
        }

        List<Func<Task>> clients = [ChurnAsync, .. _lasting.Select(s => (Func<Task>)(() => ConsumeAsync(s, node.AddConsumer(s.Name, Group))))];
        for (int i = 0; i < Producers; i++)
        {
            string name = $"producer {i}";
            long writer = i;
            ProducerOptions options = new() { MaxUnacknowledgedAppends = 16, RetryFor = RetryFor };
            Client.Producer producer = await _client.OpenProducerAsync(name, options);
            node.AddProducer(name, writer);
            clients.Add(() => ProduceAsync(producer, writer));
        }

        _running = [.. clients.Select(Task.Run)];
    }

    /// <summary>Waits until that many more batches were answered and one more stream was dropped; fails with the first client that ends.</summary>
    public async Task ProgressAsync(int count)
    {
        (long answered, long churned) = (Interlocked.Read(ref _answered) + count, Interlocked.Read(ref _churned) + 1);
        using CancellationTokenSource late = new(Patience);
        while (true)
        {
            Task answer = _nextAnswer.Task;
            if (Interlocked.Read(ref _answered) >= answered && Interlocked.Read(ref _churned) >= churned)
                return;
            Task first = await Task.WhenAny([answer, .. _running]).WaitAsync(late.Token);
            if (first == answer)
                continue;
            await first;
            Assert.Fail("a client ended");
        }
    }

    /// <summary>The daemon is gone: whatever its clients say of that is expected.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (Task client in _running)
            await client.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task<long> VisibleUpToAsync() => (await _client.GetStatusAsync(_stop.Token)).VisibleUpTo;

    private async Task<WrittenStream> CreateAsync(string name)
    {
        WrittenStream stream = node.AddStream(name);
        await stream.IsThere.ChangeAsync(
            true, VisibleUpToAsync, () => _client.CreateStreamAsync(name, WrittenStream.Columns, cancellation: _stop.Token));
        return stream;
    }

    private async Task ProduceAsync(Client.Producer producer, long writer)
    {
        await using (producer)
        {
            Random random = new(seed + (int)writer);
            while (true)
            {
                WrittenStream stream = _lasting[random.Next(_lasting.Count)];
                (WrittenBatch written, Arrow.RecordBatch rows) = stream.Next(writer, producer.NextSequence, random.Next(1, BatchRowsMax));
                Task<AppendAck> ack = await producer.AppendAsync(stream.Name, rows, cancellation: _stop.Token);
                _ = NoteAsync(written, ack);
            }
        }
    }

    private async Task NoteAsync(WrittenBatch written, Task<AppendAck> ack)
    {
        try
        {
            written.Acknowledge(await ack, TimeProvider.System.GetUtcNow());
        }
        catch (VarveException)
        {
            // The daemon is gone, and whether it took the batch is not known. What fails before ends the producer, and so the test.
            return;
        }

        Interlocked.Increment(ref _answered);
        Interlocked.Exchange(ref _nextAnswer, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    private async Task ConsumeAsync(WrittenStream stream, Timeline<long> progress)
    {
        ConsumerOptions options = new() { MaxBatchRows = 200, RetryFor = RetryFor };
        await using Client.Consumer consumer = _client.OpenConsumer(stream.Name, Group, options);
        await foreach (ConsumedBatch batch in consumer.ReadAsync(_stop.Token))
        {
            int half = batch.Rows.RowCount / 2;
            if (half > 0)
                await progress.ChangeAsync(progress.Newest + half, VisibleUpToAsync, () => batch.AcknowledgeAsync(0, half, _stop.Token));
            await progress.ChangeAsync(progress.Newest + batch.Rows.RowCount - half, VisibleUpToAsync, () => batch.AcknowledgeAsync(_stop.Token));
        }
    }

    /// <summary>Makes a stream, writes to it, and drops it; and changes settings and keys of those that last.</summary>
    private async Task ChurnAsync()
    {
        Random random = new(seed + Producers);
        for (long round = 0; ; round++)
        {
            WrittenStream passing = await CreateAsync($"passing-{round}");
            for (int i = 0; i < ChurnedBatches; i++)
            {
                (WrittenBatch written, Arrow.RecordBatch rows) = passing.Next(Producers, (round * ChurnedBatches) + i, random.Next(1, BatchRowsMax));
                await NoteAsync(written, _client.AppendAsync(passing.Name, rows, _stop.Token));
            }

            WrittenStream changed = random.Next(2) == 0 ? passing : _lasting[random.Next(_lasting.Count)];
            long keeps = 1_000_000_000 + round;
            await changed.RetainRows.ChangeAsync(
                keeps, VisibleUpToAsync, () => _client.AlterStreamAsync(changed.Name, [], new SettingsChange { RetainRows = keeps }, _stop.Token));
            WrittenStream rekeyed = _lasting[random.Next(_lasting.Count)];
            RotateKeyRequest rotate = new() { Stream = rekeyed.Name };
            await rekeyed.KeyVersion.ChangeAsync(
                rekeyed.KeyVersion.Newest + 1, VisibleUpToAsync, () => _client.RotateKeyAsync(rotate, _stop.Token));
            await passing.IsThere.ChangeAsync(false, VisibleUpToAsync, () => _client.DropStreamAsync(passing.Name, cancellation: _stop.Token));
            Interlocked.Increment(ref _churned);
        }
    }
}
