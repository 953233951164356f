using System.Buffers.Binary;

namespace Varve.Rpc.Framing;

/// <summary>
/// The five bytes before every message: a flag (1 where the message is compressed) and the length, big-endian.
/// <code>
/// offset  bytes  type    field
/// 0       1      uint8   0 plain, 1 compressed by grpc-encoding
/// 1       4      uint32  length of the message in bytes, big-endian
/// </code>
/// </summary>
internal readonly record struct FrameHeader(bool IsCompressed, int LengthBytes)
{
    public const int SizeBytes = 5;

    /// <summary>Checks everything that can be known before the first byte of the message: nothing is allocated for a frame that is refused.</summary>
    public static FrameHeader Parse(ReadOnlySpan<byte> bytes, int messageBytesMax, string? encoding)
    {
        byte flag = bytes[0];
        uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]);
        if (flag > 1)
            throw new RpcException(StatusCode.Internal, $"a message starts with the flag {flag}; expected 0 (plain) or 1 (compressed)");
        if (length > (uint)messageBytesMax)
            throw new RpcException(StatusCode.ResourceExhausted, $"a message of {length} bytes is larger than the limit of {messageBytesMax} bytes");
        if (flag == 1 && encoding is null)
            throw new RpcException(StatusCode.Internal, "a message is flagged as compressed, but no grpc-encoding was named");
        return new FrameHeader(flag == 1, (int)length);
    }

    public void Write(Span<byte> destination)
    {
        destination[0] = IsCompressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(destination[1..], (uint)LengthBytes);
    }
}
