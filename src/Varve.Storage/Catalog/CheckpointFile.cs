using System.Buffers.Binary;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Log;

namespace Varve.Storage.Catalog;

/// <summary>
/// The file <c>checkpoint</c> of a data directory (docs/formats/checkpoint.md): written aside and renamed, so it is there whole or as it was before.
/// Little-endian; what is not named is zero. Without state; one thread at a time writes.
/// <code>
/// offset bytes type  field
/// 0      8     ascii "VARVCHKP"
/// 8      2     u16   version of the format, 3; 2 had no consumers, 1 no producers. All of them are read
/// 10     2     u16   oldest version whose readers can read the file, 3
/// 12     4     u32   kind: 1 checkpoint
/// 16     16    bytes node id, in the byte order of RFC 9562
/// 32     8     i64   position
/// 40     8     i64   bytes of the body
/// 48     4     u32   CRC-32C of the body
/// 52     8           zero
/// 60     4     u32   CRC-32C of bytes 0..59
/// 64     ...         body (<see cref="CheckpointCodec"/>), as a blob (<see cref="SealedBlob"/>) that is sealed with the node's key.
///                    Associated data: bytes 0..47
/// </code>
/// </summary>
internal static class CheckpointFile
{
    public const string FileName = "checkpoint";

    private const int HeaderBytes = 64;
    private const int AssociatedBytes = 48;
    private const int ChecksumAt = 60;
    private const ushort Version = 3;

    private static ReadOnlySpan<byte> Magic => "VARVCHKP"u8;

    public static string PathIn(string directory) => Path.Combine(directory, FileName);

    /// <summary>Durable when it returns. When it throws, the checkpoint is this one or the one before.</summary>
    public static void Write(IFileSystem fileSystem, string directory, Guid nodeId, Keyring keys, CheckpointState state)
    {
        string path = PathIn(directory);
        byte[] bytes = ToBytes(nodeId, keys, state);
        Parse(bytes, path, nodeId, keys);
        WholeFile.Write(fileSystem, path, bytes);
    }

    /// <summary>Null where there is none. Throws <see cref="StorageErrorCode.Corruption"/> for a file that is not a whole one of this node.</summary>
    public static CheckpointState? Read(IFileSystem fileSystem, string directory, Guid nodeId, Keyring keys)
    {
        string path = PathIn(directory);
        return WholeFile.Read(fileSystem, path, Array.MaxLength) is { } bytes ? Parse(bytes, path, nodeId, keys) : null;
    }

    internal static byte[] ToBytes(Guid nodeId, Keyring keys, CheckpointState state)
    {
        byte[] plain = CheckpointCodec.Write(state, keys);
        byte[] bytes = new byte[checked(HeaderBytes + SealedBlob.OverheadBytes + plain.Length)];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(10), Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), 1);
        nodeId.TryWriteBytes(bytes.AsSpan(16), bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), state.Position.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), bytes.Length - HeaderBytes);
        keys.SealBlob(Keyring.NodeId, KeyPurpose.Checkpoint, bytes.AsSpan(0, AssociatedBytes), plain).CopyTo(bytes, HeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(48), Crc32C.Compute(bytes.AsSpan(HeaderBytes)));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumAt), Crc32C.Compute(bytes.AsSpan(0, ChecksumAt)));
        return bytes;
    }

    internal static CheckpointState Parse(ReadOnlySpan<byte> bytes, string path, Guid nodeId, Keyring keys)
    {
        if (bytes.Length < HeaderBytes || !bytes[..Magic.Length].SequenceEqual(Magic))
            throw Damaged(path, $"expected a file that begins with VARVCHKP, found {bytes.Length} bytes");
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]) != Crc32C.Compute(bytes[..ChecksumAt]))
            throw Damaged(path, "the checksum of its header does not match");
        int oldestReader = BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]);
        if (oldestReader > Version)
        {
            throw new StorageException(
                StorageErrorCode.Unsupported, $"{path} needs a reader of version {oldestReader} or newer; this one is of version {Version}");
        }

        var owner = new Guid(bytes[16..32], bigEndian: true);
        if (owner != nodeId)
            throw Damaged(path, $"it is of node {owner}, the directory of node {nodeId}");
        ReadOnlySpan<byte> body = bytes[HeaderBytes..];
        if (BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]) != body.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[48..]) != Crc32C.Compute(body))
            throw Damaged(path, $"the length or the checksum of its body of {body.Length} bytes does not match");
        byte[] plain = keys.OpenBlob(Keyring.NodeId, KeyPurpose.Checkpoint, bytes[..AssociatedBytes], body)
            ?? throw Damaged(path, "its body cannot be opened with the node's key");
        bool hasConsumers = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]) >= Version;
        return ReadBody(plain, path, new LogPosition(BinaryPrimitives.ReadInt64LittleEndian(bytes[32..])), keys, hasConsumers);
    }

    private static CheckpointState ReadBody(ReadOnlySpan<byte> body, string path, LogPosition position, Keyring keys, bool hasConsumers)
    {
        try
        {
            CheckpointState state = CheckpointCodec.Read(body, keys, hasConsumers);
            return state.Position == position
                ? state
                : throw new CheckpointFormatException($"header and body are of positions {position} and {state.Position}");
        }
        catch (CheckpointFormatException e)
        {
            throw Damaged(path, e.Message, e);
        }
    }

    private static StorageException Damaged(string path, string what, Exception? inner = null) =>
        new(StorageErrorCode.Corruption, $"{path} is damaged: {what}. Nothing was changed; restore the file", inner) { File = path };
}
