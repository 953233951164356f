namespace Varve.Arrow.Ipc;

/// <summary>An IPC stream behind a <see cref="Stream"/>. Memory grows with the bytes that arrive, not with those that a message claims.</summary>
internal sealed class StreamMessageSource(Stream stream, IpcLimits limits, bool leaveOpen) : MessageSource(limits)
{
    private const int FirstStepBytes = 1 << 20;

    public override void Dispose()
    {
        if (!leaveOpen)
            stream.Dispose();
        base.Dispose();
    }

    protected override ReadOnlyMemory<byte> Take(int bytes, bool mayEnd)
    {
        if (stream.CanSeek && stream.Length - stream.Position is var left && left < bytes)
            return mayEnd && left <= 0 ? default : throw CutOff(left, bytes);
        byte[] buffer = GC.AllocateUninitializedArray<byte>(stream.CanSeek ? bytes : Math.Min(bytes, FirstStepBytes));
        int filled = 0;
        while (true)
        {
            int read = stream.ReadAtLeast(buffer.AsSpan(filled), buffer.Length - filled, throwOnEndOfStream: false);
            filled += read;
            if (filled == bytes)
                return buffer;
            if (filled < buffer.Length)
                return mayEnd && filled == 0 ? default : throw CutOff(filled, bytes);
            byte[] bigger = GC.AllocateUninitializedArray<byte>((int)Math.Min(bytes, buffer.Length * 2L));
            buffer.CopyTo(bigger, 0);
            buffer = bigger;
        }
    }
}
