using System.Text;
using Varve.Backup.Snapshots;

namespace Varve.Backup.Archive;

/// <summary>
/// A stretch of a node's log in a repository, and the segments that its entries name. Immutable. In its object, in the words of <see cref="ManifestCodec"/>:
/// <code>
/// u16   version, 1
/// i64   first position
/// i64   last position
/// i32   pieces of the log, as in a snapshot
/// i32   segments, as in a snapshot
/// </code>
/// </summary>
internal sealed record ArchivePiece(long FirstPosition, long LastPosition, IReadOnlyList<LogPiece> Log, IReadOnlyList<SegmentPieces> Segments)
{
    public const string Folder = "archive/";

    private const ushort Version = 1;

    public IEnumerable<ObjectRef> Objects => Log.Select(p => p.Object).Concat(Segments.SelectMany(s => s.Objects));

    public byte[] ToBytes()
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream, Encoding.UTF8);
        writer.Write(Version);
        writer.Write(FirstPosition);
        writer.Write(LastPosition);
        ManifestCodec.WriteLog(writer, Log);
        ManifestCodec.WriteSegments(writer, Segments);
        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Throws <see cref="BackupErrorCode.Damaged"/> for what is none.</summary>
    public static ArchivePiece Read(byte[] content, string name)
    {
        using BinaryReader reader = new(new MemoryStream(content), Encoding.UTF8);
        try
        {
            ushort version = reader.ReadUInt16();
            return version == Version
                ? new ArchivePiece(reader.ReadInt64(), reader.ReadInt64(), ManifestCodec.ReadLog(reader), ManifestCodec.ReadSegments(reader))
                : throw new BackupException(BackupErrorCode.Unsupported, $"object {name} is of version {version}; this program reads version {Version}");
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or FormatException)
        {
            throw new BackupException(BackupErrorCode.Damaged, $"object {name} does not hold a piece of an archive: {e.Message}", e);
        }
    }
}
