using System.Buffers.Binary;
using Varve.Storage.FileSystem;
using Varve.Storage.Log;

namespace Varve.Storage.Recovery;

/// <summary>
/// The identity of a node: the file <c>node</c> in its data directory (docs/formats/node.md). Written once, when the node is made. Little-endian;
/// what is not named is zero.
/// <code>
/// offset  bytes  type   meaning
///      0      8  ascii  "VARVNODE"
///      8      2  u16    version of the format, 1
///     10      2  u16    oldest version whose readers can read the file, 1
///     12      4  u32    kind: 1 node
///     16     16  bytes  node id, random
///     32      8  i64    when the node was made, microseconds since 1970-01-01 UTC
///     40     20         zero
///     60      4  u32    CRC-32C of bytes 0..59
/// </code>
/// </summary>
internal sealed record NodeFile(Guid NodeId, long CreatedMicros)
{
    public const string FileName = "node";

    private const int LengthBytes = 64;
    private const int BytesMax = 4096;
    private const int ChecksumAt = 60;
    private const ushort Version = 1;

    private static ReadOnlySpan<byte> Magic => "VARVNODE"u8;

    /// <summary>Null where there is none. Throws <see cref="StorageErrorCode.Corruption"/> for a file that is not a whole one.</summary>
    public static NodeFile? Read(IFileSystem fileSystem, string directory)
    {
        string path = Path.Combine(directory, FileName);
        return WholeFile.Read(fileSystem, path, BytesMax) is { } bytes ? Parse(bytes, path) : null;
    }

    /// <summary>The file is there whole or not at all.</summary>
    public void Write(IFileSystem fileSystem, string directory)
    {
        string path = Path.Combine(directory, FileName);
        byte[] bytes = ToBytes();
        _ = Parse(bytes, path);
        WholeFile.Write(fileSystem, path, bytes);
    }

    internal byte[] ToBytes()
    {
        byte[] bytes = new byte[LengthBytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(10), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), 1);
        NodeId.TryWriteBytes(bytes.AsSpan(16), bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), CreatedMicros);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumAt), Crc32C.Compute(bytes.AsSpan(0, ChecksumAt)));
        return bytes;
    }

    private static NodeFile Parse(ReadOnlySpan<byte> bytes, string path)
    {
        if (bytes.Length != LengthBytes || !bytes[..Magic.Length].SequenceEqual(Magic))
            throw Damaged(path, $"expected {LengthBytes} bytes that begin with VARVNODE, found {bytes.Length} bytes");
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]) != Crc32C.Compute(bytes[..ChecksumAt]))
            throw Damaged(path, "its checksum does not match");
        int oldestReader = BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]);
        if (oldestReader > Version)
            throw new StorageException(
                StorageErrorCode.Unsupported, $"{path} needs a reader of version {oldestReader} or newer; this one is of version {Version}");
        return new NodeFile(new Guid(bytes[16..32], bigEndian: true), BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]));
    }

    private static StorageException Damaged(string path, string what) => new(StorageErrorCode.Corruption, $"{path} is damaged: {what}") { File = path };
}
