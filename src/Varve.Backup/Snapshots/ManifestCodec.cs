using System.Text;
using Varve.Storage;

namespace Varve.Backup.Snapshots;

/// <summary>
/// The content of a snapshot's object. Little-endian; a <em>text</em> is its length as a LEB128 number and UTF-8; an <em>object</em> is the 32 bytes of the
/// keyed hash that names it, then i32 bytes of content. Without state.
/// <code>
/// u16   version: 1, or 2 for one of some streams
/// text  id
/// 16    node id, in the byte order of RFC 9562
/// i64   when the node was made, microseconds since 1970-01-01 UTC
/// 16    history id, likewise
/// i64   position
/// i64   when it was taken, microseconds since 1970-01-01 UTC
/// i64   number of the history's writing
/// u8    1: the data directory is encrypted
/// i64   streams
/// i64   rows
/// i64   bytes of objects that it added
/// i32   objects of the checkpoint; the objects
/// i32   pieces of the log; for each i64 first position, i64 last position, object
/// i32   segments; for each i64 id, 32 bytes salt, i64 bytes of the file, i32 objects; the objects
/// i32   (version 2) the streams that alone are in it; for each a text, its name
/// </code>
/// </summary>
internal static class ManifestCodec
{
    private const ushort VersionOfWhole = 1;
    private const ushort VersionOfStreams = 2;
    private const int HashBytes = 32;

    public static byte[] Write(SnapshotManifest manifest)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream, Encoding.UTF8);
        writer.Write(manifest.IsWhole ? VersionOfWhole : VersionOfStreams);
        writer.Write(manifest.Id);
        writer.Write(manifest.NodeId.ToByteArray(bigEndian: true));
        writer.Write(manifest.NodeCreatedMicros);
        writer.Write(manifest.HistoryId.ToByteArray(bigEndian: true));
        writer.Write(manifest.Position.Value);
        writer.Write((manifest.TakenAt - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        writer.Write(manifest.HistoryNumber);
        writer.Write(manifest.IsEncrypted);
        writer.Write(manifest.StreamCount);
        writer.Write(manifest.RowCount);
        writer.Write(manifest.AddedBytes);
        WriteObjects(writer, manifest.Checkpoint);
        WriteLog(writer, manifest.Log);
        WriteSegments(writer, manifest.Segments);
        if (!manifest.IsWhole)
        {
            writer.Write(manifest.OnlyStreams.Count);
            foreach (string name in manifest.OnlyStreams)
                writer.Write(name);
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Throws <see cref="BackupErrorCode.Damaged"/> for what is no manifest.</summary>
    public static SnapshotManifest Read(byte[] content, string name)
    {
        using BinaryReader reader = new(new MemoryStream(content), Encoding.UTF8);
        try
        {
            ushort version = reader.ReadUInt16();
            if (version is not (VersionOfWhole or VersionOfStreams))
            {
                throw new BackupException(
                    BackupErrorCode.Unsupported, $"object {name} is of version {version}; this program reads versions up to {VersionOfStreams}");
            }

            SnapshotManifest manifest = new()
            {
                Id = reader.ReadString(),
                NodeId = new Guid(Exactly(reader, 16), bigEndian: true),
                NodeCreatedMicros = reader.ReadInt64(),
                HistoryId = new Guid(Exactly(reader, 16), bigEndian: true),
                Position = new LogPosition(reader.ReadInt64()),
                TakenAt = DateTimeOffset.UnixEpoch.AddTicks(reader.ReadInt64() * TimeSpan.TicksPerMicrosecond),
                HistoryNumber = reader.ReadInt64(),
                IsEncrypted = reader.ReadBoolean(),
                StreamCount = reader.ReadInt64(),
                RowCount = reader.ReadInt64(),
                AddedBytes = reader.ReadInt64(),
                Checkpoint = ReadObjects(reader),
                Log = ReadLog(reader),
                Segments = ReadSegments(reader),
                OnlyStreams = version == VersionOfStreams ? ReadMany(reader, r => r.ReadString()) : [],
            };
            return reader.BaseStream.Position == content.Length && manifest.Name == name && manifest.IsWhole == (version == VersionOfWhole)
                ? manifest
                : throw new BackupException(BackupErrorCode.Damaged, $"object {name} holds snapshot {manifest.Id} of {manifest.OnlyStreams.Count} streams, and bytes behind it");
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or FormatException)
        {
            throw new BackupException(BackupErrorCode.Damaged, $"object {name} does not hold a snapshot: {e.Message}", e);
        }
    }

    internal static void WriteObjects(BinaryWriter writer, IReadOnlyList<ObjectRef> objects)
    {
        writer.Write(objects.Count);
        foreach (ObjectRef item in objects)
            WriteObject(writer, item);
    }

    internal static IReadOnlyList<ObjectRef> ReadObjects(BinaryReader reader) => ReadMany(reader, ReadObject);

    internal static void WriteLog(BinaryWriter writer, IReadOnlyList<LogPiece> pieces)
    {
        writer.Write(pieces.Count);
        foreach (LogPiece piece in pieces)
        {
            writer.Write(piece.FirstPosition);
            writer.Write(piece.LastPosition);
            WriteObject(writer, piece.Object);
        }
    }

    internal static IReadOnlyList<LogPiece> ReadLog(BinaryReader reader) =>
        ReadMany(reader, r => new LogPiece(r.ReadInt64(), r.ReadInt64(), ReadObject(r)));

    internal static void WriteSegments(BinaryWriter writer, IReadOnlyList<SegmentPieces> segments)
    {
        writer.Write(segments.Count);
        foreach (SegmentPieces segment in segments)
        {
            writer.Write(segment.Id);
            writer.Write(Convert.FromHexString(segment.Salt));
            writer.Write(segment.FileBytes);
            WriteObjects(writer, segment.Objects);
        }
    }

    internal static IReadOnlyList<SegmentPieces> ReadSegments(BinaryReader reader) => ReadMany(
        reader, r => new SegmentPieces(r.ReadInt64(), Convert.ToHexStringLower(Exactly(r, HashBytes)), r.ReadInt64(), ReadObjects(r)));

    private static void WriteObject(BinaryWriter writer, ObjectRef item)
    {
        writer.Write(Convert.FromHexString(item.Name.AsSpan(ObjectRef.Folder.Length)));
        writer.Write(item.ContentBytes);
    }

    private static ObjectRef ReadObject(BinaryReader reader) =>
        new(ObjectRef.Folder + Convert.ToHexStringLower(Exactly(reader, HashBytes)), reader.ReadInt32());

    private static List<T> ReadMany<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        int count = reader.ReadInt32();
        if (count < 0 || count > reader.BaseStream.Length - reader.BaseStream.Position)
            throw new FormatException($"{count} things in {reader.BaseStream.Length - reader.BaseStream.Position} bytes");
        List<T> items = new(count);
        for (int i = 0; i < count; i++)
            items.Add(read(reader));
        return items;
    }

    private static byte[] Exactly(BinaryReader reader, int count)
    {
        byte[] bytes = reader.ReadBytes(count);
        return bytes.Length == count ? bytes : throw new EndOfStreamException($"{bytes.Length} bytes where {count} are expected");
    }
}
