using System.Buffers.Binary;
using System.Security.Cryptography;
using Varve.Storage.Keys;
using Varve.Storage.Log;

namespace Varve.Backup.Sealing;

/// <summary>
/// The plain object that makes a place a repository (docs/formats/repository.md): nothing but a salt, and what tells a wrong key from damage. Little-endian;
/// what is not named is zero. Immutable.
/// <code>
/// offset bytes type  field
/// 0      8     ascii "VARVREPO"
/// 8      2     u16   version of the format, 2; of version 1 are repositories that name by a hash of all bytes
/// 10     2     u16   oldest version whose readers can read the repository, the same
/// 16     32    bytes salt, random
/// 48     16    bytes key check: HKDF-SHA256 of the repository's key and the salt, info "varve/repository-check/1:"
/// 124    4     u32   CRC-32C of bytes 0..123
/// </code>
/// </summary>
internal sealed class RepositoryHeader
{
    /// <summary>Two copies, each as good as the other: without one of them nothing of a repository can be read.</summary>
    public static readonly IReadOnlyList<string> Names = ["repository", "repository-copy"];

    public const int Bytes = 128;

    private const int SaltAt = 16;
    private const int SaltBytes = 32;
    private const int CheckAt = 48;
    private const int CheckBytes = 16;
    private const int ChecksumAt = 124;
    private const int VersionAt = 8;
    private const int OldestReaderAt = 10;
    private const ushort Version = 2;
    private const ushort NamedByAllBytes = 1;

    private readonly byte[] _bytes;

    private RepositoryHeader(byte[] bytes) => _bytes = bytes;

    private static ReadOnlySpan<byte> Magic => "VARVREPO"u8;

    private ReadOnlySpan<byte> Salt => _bytes.AsSpan(SaltAt, SaltBytes);

    public static RepositoryHeader Create(RootKey key)
    {
        byte[] bytes = new byte[Bytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(VersionAt), Version);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(OldestReaderAt), Version);
        RandomNumberGenerator.Fill(bytes.AsSpan(SaltAt, SaltBytes));
        Check(key, bytes.AsSpan(SaltAt, SaltBytes), bytes.AsSpan(CheckAt, CheckBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumAt), Crc32C.Compute(bytes.AsSpan(0, ChecksumAt)));
        return new RepositoryHeader(bytes);
    }

    /// <summary>Null for bytes that are not a whole header. Throws <see cref="BackupErrorCode.Unsupported"/> for a later format.</summary>
    public static RepositoryHeader? TryParse(byte[] bytes)
    {
        if (bytes.Length != Bytes || !bytes.AsSpan().StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(ChecksumAt)) != Crc32C.Compute(bytes.AsSpan(0, ChecksumAt)))
            return null;
        int oldestReader = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(OldestReaderAt));
        return oldestReader > Version
            ? throw new BackupException(
                BackupErrorCode.Unsupported, $"the repository needs a reader of version {oldestReader} or newer; this one is of version {Version}")
            : new RepositoryHeader(bytes);
    }

    public byte[] ToBytes() => _bytes;

    public bool IsSealedWith(RootKey key)
    {
        Span<byte> check = stackalloc byte[CheckBytes];
        Check(key, Salt, check);
        return CryptographicOperations.FixedTimeEquals(check, _bytes.AsSpan(CheckAt, CheckBytes));
    }

    public RepositoryKey KeyFrom(RootKey key) =>
        new(key, Salt, namesByFrames: BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(VersionAt)) > NamedByAllBytes);

    private static void Check(RootKey key, ReadOnlySpan<byte> salt, Span<byte> check) => key.Derive("varve/repository-check/1:"u8, salt, check);
}
