using System.Buffers;
using System.Buffers.Binary;

namespace Varve.Storage.Records;

/// <summary>
/// An append record in pooled memory, complete but for what is known later: time, offset and part. Owned by one pending append; used by one
/// thread at a time. <see cref="Release"/> gives the memory back.
/// </summary>
internal struct EncodedAppend(byte[] pooled, int lengthBytes)
{
    private byte[]? _pooled = pooled;

    public readonly int LengthBytes => lengthBytes;

    public readonly ReadOnlySpan<byte> Bytes => _pooled.AsSpan(0, lengthBytes);

    public readonly void Stamp(long timeMicros, long firstOffset, int part, int partCount)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_pooled.AsSpan(RecordFormat.TimeAt), timeMicros);
        BinaryPrimitives.WriteInt64LittleEndian(_pooled.AsSpan(RecordFormat.BodyAt), firstOffset);
        BinaryPrimitives.WriteUInt16LittleEndian(_pooled.AsSpan(RecordFormat.PartAt), checked((ushort)part));
        BinaryPrimitives.WriteUInt16LittleEndian(_pooled.AsSpan(RecordFormat.PartCountAt), checked((ushort)partCount));
    }

    public void Release()
    {
        if (_pooled is not { } taken)
            return;
        _pooled = null;
        ArrayPool<byte>.Shared.Return(taken);
    }
}
