using System.Collections.Concurrent;
using Varve.Storage;

namespace Varve.Query.Scan;

/// <summary>Memory of scanning threads that goes from one statement to the next: a look at a single row would else begin with megabytes of it. Thread-safe.</summary>
/// <param name="countMax">Of kept buffers.</param>
internal sealed class BufferPool(int countMax)
{
    /// <summary>Larger ones, of wide streams, are left to the collector.</summary>
    private const long KeptBytesMax = 16 << 20;

    private readonly ConcurrentBag<BlockBuffers> _idle = [];
    private int _idleCount;

    public BlockBuffers Rent()
    {
        if (!_idle.TryTake(out BlockBuffers? buffers))
            return new BlockBuffers();
        Interlocked.Decrement(ref _idleCount);
        return buffers;
    }

    /// <summary>Nothing may be looked at any more that was lent from them.</summary>
    public void Return(BlockBuffers buffers)
    {
        buffers.Reset();
        if (buffers.HeldBytes > KeptBytesMax)
            return;
        if (Interlocked.Increment(ref _idleCount) <= countMax)
            _idle.Add(buffers);
        else
            Interlocked.Decrement(ref _idleCount);
    }
}
