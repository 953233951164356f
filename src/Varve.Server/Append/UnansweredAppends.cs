using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Varve.Server.Append;

/// <summary>
/// The requests of one Append call between the side that reads them and the side that answers them, in order and bounded in number and bytes. One
/// thread adds, another takes.
/// </summary>
internal sealed class UnansweredAppends(int maxCount, long maxBytes) : IDisposable
{
    private readonly Channel<PendingAppend> _queue =
        Channel.CreateUnbounded<PendingAppend>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private readonly SemaphoreSlim _answered = new(0);
    private int _count;
    private long _bytes;

    /// <summary>Waits until one more request may be read. At least one always may, however large.</summary>
    public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref _count) >= maxCount || Volatile.Read(ref _bytes) >= maxBytes)
            await _answered.WaitAsync(cancellationToken);
    }

    public void Add(PendingAppend append)
    {
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _bytes, append.SizeBytes);
        _queue.Writer.TryWrite(append);
    }

    /// <summary>No more requests come.</summary>
    public void Complete() => _queue.Writer.Complete();

    /// <summary>The oldest request without an answer, if one is there already.</summary>
    public bool TryTake([MaybeNullWhen(false)] out PendingAppend append) => _queue.Reader.TryRead(out append);

    /// <summary>False when all are taken and no more come.</summary>
    public ValueTask<bool> WaitToTakeAsync() => _queue.Reader.WaitToReadAsync();

    /// <summary>A request that was taken has its answer.</summary>
    public void Answered(PendingAppend append)
    {
        Interlocked.Decrement(ref _count);
        Interlocked.Add(ref _bytes, -append.SizeBytes);
        _answered.Release();
    }

    public void Dispose() => _answered.Dispose();
}
