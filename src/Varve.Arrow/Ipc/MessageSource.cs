using System.Buffers.Binary;

namespace Varve.Arrow.Ipc;

/// <summary>Takes the frames of an IPC stream apart (see <see cref="Encapsulation"/>). For one thread.</summary>
internal abstract class MessageSource(IpcLimits limits) : IDisposable
{
    public virtual void Dispose()
    {
    }

    /// <summary>The next message, or false at the end of the stream: its end mark, or the end of the bytes between two messages.</summary>
    public bool TryRead(out ReadOnlyMemory<byte> header, out ReadOnlyMemory<byte> body)
    {
        header = body = default;
        ReadOnlyMemory<byte> first = Take(4, mayEnd: true);
        if (first.IsEmpty)
            return false;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(first.Span);
        if (length == Encapsulation.Continuation)
            length = BinaryPrimitives.ReadUInt32LittleEndian(Take(4, mayEnd: false).Span);
        if (length == 0)
            return false;
        if (length > limits.MaxMetadataBytes)
        {
            throw new ArrowFormatException(
                $"a message of the stream claims {length} bytes of metadata, more than the limit of {limits.MaxMetadataBytes}");
        }

        header = Take((int)length, mayEnd: false);
        long bodyBytes = Message.Read(header.Span).BodyLengthBytes;
        if (bodyBytes > Math.Min(limits.MaxBodyBytes, Array.MaxLength))
        {
            throw new ArrowFormatException(
                $"a message of the stream claims a body of {bodyBytes} bytes, more than the limit of {limits.MaxBodyBytes}");
        }

        body = Take((int)bodyBytes, mayEnd: false);
        return true;
    }

    /// <summary>The next bytes. Nothing where <paramref name="mayEnd"/> and not one of them is left; an error where fewer are.</summary>
    protected abstract ReadOnlyMemory<byte> Take(int bytes, bool mayEnd);

    protected static ArrowFormatException CutOff(long found, int expected) =>
        new($"the stream is cut off: {found} bytes are left where {expected} should follow");
}
