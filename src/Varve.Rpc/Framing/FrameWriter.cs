using System.Buffers;
using Google.Protobuf;

namespace Varve.Rpc.Framing;

/// <summary>Writes framed messages into a buffer writer.</summary>
internal static class FrameWriter
{
    /// <summary>Up to this size a message is serialized straight into one span, which is the faster way for small ones.</summary>
    private const int OneSpanBytes = 4096;

    private const int MessageBytesMax = int.MaxValue - FrameHeader.SizeBytes;

    /// <summary>Appends a message, compressed where an encoding is given and it pays.</summary>
    /// <returns>The number of bytes appended, header included.</returns>
    public static int Write(IBufferWriter<byte> output, IMessage message, string? encoding)
    {
        int size = message.CalculateSize();
        if (encoding is not null && MessageCompression.TryCompress(encoding, message, size, out ReadOnlySpan<byte> compressed))
        {
            WriteHeader(output, new FrameHeader(IsCompressed: true, compressed.Length));
            output.Write(compressed);
            return FrameHeader.SizeBytes + compressed.Length;
        }

        if (size <= OneSpanBytes)
        {
            Span<byte> span = output.GetSpan(FrameHeader.SizeBytes + size);
            new FrameHeader(IsCompressed: false, size).Write(span);
            message.WriteTo(span.Slice(FrameHeader.SizeBytes, size));
            output.Advance(FrameHeader.SizeBytes + size);
        }
        else
        {
            WriteHeader(output, new FrameHeader(IsCompressed: false, size));
            message.WriteTo(output);
        }

        return FrameHeader.SizeBytes + size;
    }

    /// <summary>The header and the small beginning of a message whose other parts follow.</summary>
    /// <returns>The size of the whole frame, header and parts included.</returns>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED where the frame would pass 2 GiB - 1.</exception>
    public static int WritePrefix(IBufferWriter<byte> output, ReadOnlySpan<byte> prefix, IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        long length = prefix.Length;
        for (int i = 0; i < parts.Count; i++)
            length += parts[i].Length;
        if (length > MessageBytesMax)
            throw new RpcException(StatusCode.ResourceExhausted, $"a message of {length} bytes can't be sent; the most is {MessageBytesMax}");

        WriteHeader(output, new FrameHeader(IsCompressed: false, (int)length));
        output.Write(prefix);
        return FrameHeader.SizeBytes + (int)length;
    }

    private static void WriteHeader(IBufferWriter<byte> output, FrameHeader header)
    {
        header.Write(output.GetSpan(FrameHeader.SizeBytes));
        output.Advance(FrameHeader.SizeBytes);
    }
}
