using Varve.Protocol.V1;
using Varve.Server.Errors;

namespace Varve.Server.Calls;

/// <summary>What one call holds of the <see cref="CallMemory"/>. For one thread at a time.</summary>
internal sealed class CallShare(CallMemory memory) : IDisposable
{
    public long HeldBytes { get; private set; }

    /// <summary>Takes more, before it is allocated.</summary>
    /// <param name="bytes">How much.</param>
    /// <param name="what">What it is for, for the client's eyes: "the dictionaries of the call".</param>
    /// <exception cref="Rpc.RpcException">MEMORY_LIMIT: there is no room.</exception>
    public void Take(long bytes, string what)
    {
        if (!memory.TryTake(bytes))
        {
            throw ErrorMapper.Create(ErrorCode.MemoryLimit,
                $"{what} would take {HeldBytes + bytes} bytes; all calls together hold {memory.UsedBytes} of {memory.LimitBytes}. "
                + "Ask for less at a time, or try again later");
        }

        HeldBytes += bytes;
    }

    public void GiveBack(long bytes)
    {
        memory.GiveBack(bytes);
        HeldBytes -= bytes;
    }

    /// <summary>Takes more or gives back, so that so much is held.</summary>
    public void Hold(long bytes, string what)
    {
        if (bytes > HeldBytes)
            Take(bytes - HeldBytes, what);
        else
            GiveBack(HeldBytes - bytes);
    }

    public void Dispose() => GiveBack(HeldBytes);
}
