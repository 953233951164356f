using System.Security.Cryptography;
using Varve.Storage.Keys;

namespace Varve.Backup.Sealing;

/// <summary>
/// What a repository is sealed with and its objects are named by: both derived from the repository's key and its salt, so two repositories with one key
/// have nothing in common. Immutable; any thread.
/// </summary>
internal sealed class RepositoryKey
{
    private readonly byte[] _sealing = new byte[StreamKey.Bytes];
    private readonly byte[] _naming = new byte[StreamKey.Bytes];

    public RepositoryKey(RootKey key, ReadOnlySpan<byte> salt)
    {
        key.Derive("varve/repository-sealing/1:"u8, salt, _sealing);
        key.Derive("varve/repository-naming/1:"u8, salt, _naming);
    }

    /// <summary>A keyed hash of content, 64 hexadecimal digits: without the key it cannot be told whether a repository holds some known content.</summary>
    public string NameOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(HMACSHA256.HashData(_naming, content));

    /// <summary>The cipher of one object, whose salt is random and used once.</summary>
    public AesGcm Cipher(ReadOnlySpan<byte> salt)
    {
        Span<byte> derived = stackalloc byte[StreamKey.Bytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _sealing, derived, salt, "varve/repository-object/1:"u8);
        AesGcm aes = new(derived, AesGcmPool.TagBytes);
        CryptographicOperations.ZeroMemory(derived);
        return aes;
    }
}
