using System.Text;
using Varve.Storage.Keys;

namespace Varve.Backup.Snapshots;

/// <summary>
/// What a repository knows of one life of a node, all its snapshots together: the keys that they need, less those of streams that were dropped, and which
/// snapshots there are. Replaced by every run. Immutable.
/// <code>
/// u16   version, 1
/// i64   number of the writing, from 1
/// i32   bytes of the keyring's content, 0: the data directory is not encrypted; then the content as in a keyring
/// i32   snapshots; their ids as texts
/// </code>
/// </summary>
/// <param name="Number">Rises with every writing.</param>
/// <param name="Keys">Null where nothing is encrypted.</param>
/// <param name="SnapshotIds">In the order in which they were taken. One that was cut off behind its object is not among them.</param>
internal sealed record History(long Number, KeyringContent? Keys, IReadOnlyList<string> SnapshotIds)
{
    public const string Folder = "histories/";

    private const ushort Version = 1;

    public byte[] ToBytes()
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream, Encoding.UTF8);
        byte[] keys = new byte[Keys?.EncodedBytes ?? 0];
        Keys?.Encode(keys);
        writer.Write(Version);
        writer.Write(Number);
        writer.Write(keys.Length);
        writer.Write(keys);
        writer.Write(SnapshotIds.Count);
        foreach (string id in SnapshotIds)
            writer.Write(id);
        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Throws <see cref="BackupErrorCode.Damaged"/> for what is none.</summary>
    public static History Read(byte[] content, string name)
    {
        using BinaryReader reader = new(new MemoryStream(content), Encoding.UTF8);
        try
        {
            ushort version = reader.ReadUInt16();
            if (version != Version)
                throw new BackupException(BackupErrorCode.Unsupported, $"object {name} is of version {version}; this program reads version {Version}");
            long number = reader.ReadInt64();
            int keyBytes = reader.ReadInt32();
            string? problem = null;
            KeyringContent? keys = keyBytes == 0 ? null : KeyringContent.Decode(reader.ReadBytes(keyBytes), out problem);
            if (problem is not null)
                throw new FormatException(problem);
            string[] ids = new string[Math.Clamp(reader.ReadInt32(), 0, content.Length)];
            for (int i = 0; i < ids.Length; i++)
                ids[i] = reader.ReadString();
            return new History(number, keys, ids);
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or FormatException)
        {
            throw new BackupException(BackupErrorCode.Damaged, $"object {name} does not hold a history: {e.Message}", e);
        }
    }
}
