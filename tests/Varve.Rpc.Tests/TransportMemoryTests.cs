using System.Buffers;
using Varve.Rpc.Server;

namespace Varve.Rpc.Tests;

public sealed class TransportMemoryTests
{
    [Fact]
    public void Blocks_are_lent_once_and_serve_again()
    {
        using var memory = new TransportMemory();
        IMemoryOwner<byte> first = memory.Rent(1);
        using IMemoryOwner<byte> second = memory.Rent();
        Assert.False(first.Memory.Span.Overlaps(second.Memory.Span));
        Assert.Equal(memory.MaxBufferSize, first.Memory.Length);
        Memory<byte> block = first.Memory;

        first.Dispose();

        using IMemoryOwner<byte> third = memory.Rent(memory.MaxBufferSize);
        Assert.Equal(block, third.Memory);
    }

    [Fact]
    public void More_than_a_block_is_refused()
    {
        using var memory = new TransportMemory();
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Rent(memory.MaxBufferSize + 1));
    }
}
