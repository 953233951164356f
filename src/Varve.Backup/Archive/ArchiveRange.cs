using System.Buffers.Binary;

namespace Varve.Backup.Archive;

/// <summary>
/// The numbers of the pieces that an archive has to have; none where the last is before the first. It lies beside them, so that of a piece that is
/// missing at either end it is known that there was one. Immutable. In its object, little-endian:
/// <code>
/// u16   version, 1
/// i64   number of the first piece
/// i64   number of the last one, or of one before, where the archiver ended between the two objects
/// </code>
/// </summary>
internal readonly record struct ArchiveRange(long First, long Last)
{
    private const ushort Version = 1;
    private const int Bytes = sizeof(ushort) + (2 * sizeof(long));

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Bytes];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(sizeof(ushort)), First);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(sizeof(ushort) + sizeof(long)), Last);
        return bytes;
    }

    /// <summary>Throws <see cref="BackupErrorCode.Damaged"/> for what is none.</summary>
    public static ArchiveRange Read(byte[] content, string name)
    {
        if (content.Length != Bytes)
            throw new BackupException(BackupErrorCode.Damaged, $"object {name} does not hold the range of an archive: it has {content.Length} bytes");
        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(content);
        return version == Version
            ? new ArchiveRange(
                BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(sizeof(ushort))),
                BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(sizeof(ushort) + sizeof(long))))
            : throw new BackupException(BackupErrorCode.Unsupported, $"object {name} is of version {version}; this program reads version {Version}");
    }
}
