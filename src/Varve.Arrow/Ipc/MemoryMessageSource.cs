namespace Varve.Arrow.Ipc;

/// <summary>An IPC stream in memory: messages are slices of it.</summary>
internal sealed class MemoryMessageSource(ReadOnlyMemory<byte> memory, IpcLimits limits) : MessageSource(limits)
{
    private ReadOnlyMemory<byte> _left = memory;

    protected override ReadOnlyMemory<byte> Take(int bytes, bool mayEnd)
    {
        if (_left.Length < bytes)
            return mayEnd && _left.IsEmpty ? default : throw CutOff(_left.Length, bytes);
        ReadOnlyMemory<byte> taken = _left[..bytes];
        _left = _left[bytes..];
        return taken;
    }
}
