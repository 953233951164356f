using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Varve.Rpc.Server;

/// <summary>
/// The memory of Kestrel's pipes in blocks of 32 KiB. In its own of 4 KiB a message of a mebibyte takes 256 of them, twice, each rented, linked,
/// pinned for the socket and given back. Thread-safe.
/// </summary>
public sealed class TransportMemory : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    private const int BlockBytes = 32 * 1024;

    /// <summary>Idle blocks that are kept: 16 MiB, what some tens of busy connections hold.</summary>
    private const int KeptMax = 512;

    private readonly ConcurrentQueue<Block> _idle = [];
    private int _idleCount;

    public override int MaxBufferSize => BlockBytes;

    MemoryPool<byte> IMemoryPoolFactory<byte>.Create(MemoryPoolOptions? options) => this;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        if (!_idle.TryDequeue(out Block? block))
            return new Block(this);
        Interlocked.Decrement(ref _idleCount);
        return block;
    }

    /// <summary>One pool for all listeners, for as long as the process lives: who disposes of it disposes of nothing.</summary>
    protected override void Dispose(bool disposing)
    {
    }

    private void Return(Block block)
    {
        if (Interlocked.Increment(ref _idleCount) <= KeptMax)
            _idle.Enqueue(block);
        else
            Interlocked.Decrement(ref _idleCount);
    }

    private sealed class Block(TransportMemory pool) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true);

        public void Dispose() => pool.Return(this);
    }
}
