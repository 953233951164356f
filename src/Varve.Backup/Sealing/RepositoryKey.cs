using System.Buffers.Binary;
using System.Security.Cryptography;
using Varve.Storage.Keys;

namespace Varve.Backup.Sealing;

/// <summary>
/// What a repository is sealed with and its objects are named by: all derived from the repository's key and its salt, so two repositories with one key
/// have nothing in common. Immutable; any thread.
/// </summary>
/// <remarks>
/// A name is HMAC-SHA256 of the tags that GMAC gives the frames of the content, and of its length (docs/decisions/0009-names-by-a-keyed-universal-hash.md).
/// All tags are under one key and one nonce, which makes of GMAC a universal hash, and no more than that: it tells contents apart for as long as nobody sees
/// a tag. Nobody does; only HMAC reads them.
/// </remarks>
internal sealed class RepositoryKey
{
    private const int FrameBytes = 65_536;
    private const int StackTagBytes = 4096;

    private readonly byte[] _sealing = new byte[StreamKey.Bytes];
    private readonly byte[] _naming = new byte[StreamKey.Bytes];
    private readonly byte[] _framing = new byte[StreamKey.Bytes];
    private readonly bool _namesByFrames;

    /// <param name="key">The repository's.</param>
    /// <param name="salt">Its own.</param>
    /// <param name="namesByFrames">False for a repository of version 1, whose names are HMAC-SHA256 of the content itself.</param>
    public RepositoryKey(RootKey key, ReadOnlySpan<byte> salt, bool namesByFrames)
    {
        _namesByFrames = namesByFrames;
        key.Derive("varve/repository-sealing/1:"u8, salt, _sealing);
        key.Derive("varve/repository-naming/1:"u8, salt, _naming);
        key.Derive("varve/repository-framing/1:"u8, salt, _framing);
    }

    /// <summary>A keyed hash of content, 64 hexadecimal digits: without the key it cannot be told whether a repository holds some known content.</summary>
    public string NameOf(ReadOnlySpan<byte> content)
    {
        if (!_namesByFrames)
            return Convert.ToHexStringLower(HMACSHA256.HashData(_naming, content));
        int frameCount = (int)(((long)content.Length + FrameBytes - 1) / FrameBytes);
        int digestBytes = (frameCount * AesGcmPool.TagBytes) + sizeof(long);
        Span<byte> digest = digestBytes <= StackTagBytes ? stackalloc byte[digestBytes] : new byte[digestBytes];
        Span<byte> nonce = stackalloc byte[AesGcmPool.NonceBytes];
        nonce.Clear();
        using AesGcm aes = new(_framing, AesGcmPool.TagBytes);
        for (int frame = 0; frame < frameCount; frame++)
        {
            ReadOnlySpan<byte> bytes = content[(frame * FrameBytes)..];
            aes.Encrypt(nonce, [], [], digest.Slice(frame * AesGcmPool.TagBytes, AesGcmPool.TagBytes), bytes[..Math.Min(FrameBytes, bytes.Length)]);
        }

        BinaryPrimitives.WriteInt64LittleEndian(digest[^sizeof(long)..], content.Length);
        string name = Convert.ToHexStringLower(HMACSHA256.HashData(_naming, digest));
        CryptographicOperations.ZeroMemory(digest);
        return name;
    }

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
