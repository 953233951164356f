using System.Threading.Channels;

namespace Varve.Client;

/// <summary>
/// Gathers rows to batches and appends these through a <see cref="Producer"/>, so each row is stored once. Memory is bounded: at most two batches wait here,
/// and what the producer has without an answer is bounded by its options; <see cref="WriteAsync"/> waits meanwhile. Any thread; rows of one caller stay in
/// their order.
/// </summary>
/// <typeparam name="T">See <see cref="RowType{T}"/>.</typeparam>
public sealed class RowWriter<T> : IAsyncDisposable
{
    private readonly Producer _producer;
    private readonly string _stream;
    private readonly RowWriterOptions _options;
    private readonly TimeProvider _time;
    private readonly Channel<Item> _items;
    private readonly Task _sending;

    internal RowWriter(Producer producer, string stream, RowWriterOptions options, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxBatchRows, 1);
        _producer = producer;
        _stream = stream;
        _options = options;
        _time = time;
        _items = Channel.CreateBounded<Item>(options.MaxBatchRows);
        _sending = Task.Run(SendAsync);
    }

    /// <summary>Takes a row; waits while too many are under way. It is stored when a <see cref="FlushAsync"/> behind it completes.</summary>
    /// <exception cref="VarveException">An earlier row was refused for good, or the daemon was away for too long.</exception>
    public ValueTask WriteAsync(T row, CancellationToken cancellation = default) => PutAsync(new Item(row, null), cancellation);

    /// <summary>Sends what waits, and completes when every row before it is durable and visible.</summary>
    /// <exception cref="VarveException">A row was refused for good, or the daemon was away for too long.</exception>
    public async Task FlushAsync(CancellationToken cancellation = default)
    {
        TaskCompletionSource sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await PutAsync(new Item(default, sent), cancellation);
        await Task.WhenAny(sent.Task, _sending).WaitAsync(cancellation);
        if (_sending.IsFaulted)
            await _sending;
        await _producer.FlushAsync(cancellation);
    }

    /// <summary>Sends what waits and ends; the producer stays. Throws as <see cref="FlushAsync"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_items.Writer.TryComplete())
            return;
        await _sending;
        await _producer.FlushAsync();
    }

    private async ValueTask PutAsync(Item item, CancellationToken cancellation)
    {
        try
        {
            await _items.Writer.WriteAsync(item, cancellation);
        }
        catch (ChannelClosedException) when (_sending.IsFaulted)
        {
            await _sending;
        }
    }

    private async Task SendAsync()
    {
        List<T> rows = [];
        try
        {
            while (await _items.Reader.WaitToReadAsync())
            {
                await GatherAsync(rows);
                if (rows.Count > 0)
                    await _producer.AppendAsync(_stream, RowType<T>.ToBatch(rows));
                rows.Clear();
            }
        }
        catch (Exception failure)
        {
            _items.Writer.TryComplete(failure);
            throw;
        }
    }

    /// <summary>Takes rows until there are enough, the first has waited for long enough, or somebody wants them sent.</summary>
    private async Task GatherAsync(List<T> rows)
    {
        using CancellationTokenSource lingered = new(_options.Linger, _time);
        while (rows.Count < _options.MaxBatchRows)
        {
            if (!_items.Reader.TryRead(out Item item))
            {
                try
                {
                    if (await _items.Reader.WaitToReadAsync(lingered.Token))
                        continue;
                }
                catch (OperationCanceledException)
                {
                    // Long enough.
                }

                return;
            }

            if (item.Sent is { } sent)
            {
                if (rows.Count > 0)
                    await _producer.AppendAsync(_stream, RowType<T>.ToBatch(rows));
                rows.Clear();
                sent.TrySetResult();
                return;
            }

            rows.Add(item.Row!);
        }
    }

    /// <summary>A row, or, with a signal, the wish that all before it are sent.</summary>
    private readonly record struct Item(T? Row, TaskCompletionSource? Sent);
}
