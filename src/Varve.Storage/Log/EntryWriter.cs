using FASTER.core;

namespace Varve.Storage.Log;

/// <summary>
/// One entry on its way into FASTER's memory. FASTER asks for the bytes while the caller of Enqueue waits, so the pointers, pinned by it, stay valid.
/// </summary>
internal readonly unsafe struct EntryWriter(byte* head, int headBytes, byte* body, int bodyBytes, EntryHeader header, uint salt) : ILogEnqueueEntry
{
    public int SerializedLength => EntryHeader.Bytes + headBytes + bodyBytes;

    public void SerializeTo(Span<byte> dest)
    {
        Span<byte> payload = dest[EntryHeader.Bytes..];
        new ReadOnlySpan<byte>(head, headBytes).CopyTo(payload);
        new ReadOnlySpan<byte>(body, bodyBytes).CopyTo(payload[headBytes..]);
        uint checksum = Crc32C.Compute(payload[..(headBytes + bodyBytes)], salt);
        (header with { PayloadChecksum = checksum }).Write(dest, salt);
    }
}
