using System.Buffers.Binary;

namespace Varve.Arrow.Ipc;

/// <summary>
/// The frame of a message in streams and files: uint32 FFFFFFFF, int32 bytes of metadata (padding included), metadata padded so that the
/// body starts 8-aligned, body. A length of 0 ends a stream. Arrow before 0.15 had no FFFFFFFF.
/// </summary>
internal static class Encapsulation
{
    public const uint Continuation = 0xFFFFFFFF;
    public const int PrefixBytes = 8;

    public static ReadOnlySpan<byte> EndOfStream => [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0];

    public static void WritePrefix(Span<byte> target, int metadataBytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, Continuation);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], metadataBytes);
    }
}
