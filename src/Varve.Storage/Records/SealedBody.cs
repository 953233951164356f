using System.Buffers.Binary;
using Varve.Storage.Keys;

namespace Varve.Storage.Records;

/// <summary>
/// The sealing of records that say what streams are called and what columns they have (<see cref="RecordFormat"/>), with the node's key. Without
/// state, any thread.
/// </summary>
internal static class SealedBody
{
    /// <summary>By how much a record becomes larger.</summary>
    public const int OverheadBytes = SealedBlob.OverheadBytes;

    /// <summary>Bytes 4 to 23: kind, layout, flags, stream, time.</summary>
    private const int AssociatedAt = 4;

    public static byte[] Seal(byte[] plain, Keyring keys)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(plain.AsSpan(RecordFormat.FlagsAt), RecordFormat.Sealed);
        byte[] blob = keys.SealBlob(
            Keyring.NodeId,
            KeyPurpose.CatalogRecords,
            plain.AsSpan(AssociatedAt, RecordFormat.BodyAt - AssociatedAt),
            plain.AsSpan(RecordFormat.BodyAt));
        byte[] record = [.. plain.AsSpan(0, RecordFormat.BodyAt), .. blob];
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length);
        return record;
    }

    /// <summary>The record as it would be unsealed, but for its length; null where it cannot be opened.</summary>
    public static byte[]? Open(ReadOnlySpan<byte> record, Keyring keys)
    {
        byte[]? body = keys.OpenBlob(
            Keyring.NodeId, KeyPurpose.CatalogRecords, record[AssociatedAt..RecordFormat.BodyAt], record[RecordFormat.BodyAt..]);
        return body is null ? null : [.. record[..RecordFormat.BodyAt], .. body];
    }
}
