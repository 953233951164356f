using System.Buffers;
using System.Buffers.Binary;
using Varve.Storage.Keys;

namespace Varve.Storage.Records;

/// <summary>
/// An append record in pooled memory, complete but for what is known later: time, offset and part. Owned by one pending append; used by one
/// thread at a time. <see cref="Release"/> gives the memory back.
/// </summary>
internal struct EncodedAppend(byte[] pooled, int lengthBytes, RecordSealer? sealer)
{
    private byte[]? _pooled = pooled;

    public readonly int LengthBytes => lengthBytes;

    public readonly ReadOnlySpan<byte> Bytes => _pooled.AsSpan(0, lengthBytes);

    public readonly void Stamp(long timeMicros, long firstOffset, int part, int partCount, bool isGrouped)
    {
        if (isGrouped)
            _pooled![RecordFormat.FlagsAt] |= (byte)RecordFormat.Grouped;
        BinaryPrimitives.WriteInt64LittleEndian(_pooled.AsSpan(RecordFormat.TimeAt), timeMicros);
        BinaryPrimitives.WriteInt64LittleEndian(_pooled.AsSpan(RecordFormat.BodyAt), firstOffset);
        BinaryPrimitives.WriteUInt16LittleEndian(_pooled.AsSpan(RecordFormat.PartAt), checked((ushort)part));
        BinaryPrimitives.WriteUInt16LittleEndian(_pooled.AsSpan(RecordFormat.PartCountAt), checked((ushort)partCount));
    }

    /// <summary>
    /// Sees to it that the record is sealed with the current version of its stream's key: it may have been rotated since. So nothing that the log is
    /// given after a rotation is sealed with an older version.
    /// </summary>
    public readonly void SealWith(RecordSealer? current)
    {
        if (sealer is null || current is null || sealer.KeyVersion == current.KeyVersion)
            return;
        Span<byte> record = _pooled.AsSpan(0, lengthBytes);
        sealer.Unseal(record);
        current.Seal(record);
    }

    public void Release()
    {
        if (_pooled is not { } taken)
            return;
        _pooled = null;
        ArrayPool<byte>.Shared.Return(taken);
    }
}
