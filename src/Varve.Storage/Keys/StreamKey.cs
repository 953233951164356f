using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Varve.Storage.Keys;

/// <summary>
/// One version of a stream's secret: 32 random bytes that never seal anything themselves. What seals is derived from them, for one purpose and one
/// salt. Immutable; any thread.
/// </summary>
internal sealed class StreamKey
{
    public const int Bytes = 32;

    private readonly byte[] _secret;

    /// <param name="streamId">The stream; 0 is the node itself.</param>
    /// <param name="version">From 1.</param>
    /// <param name="secret">32 random bytes; copied.</param>
    public StreamKey(long streamId, int version, ReadOnlySpan<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(streamId);
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
        if (secret.Length != Bytes)
            throw new ArgumentException($"a key has {Bytes} bytes, not {secret.Length}", nameof(secret));
        StreamId = streamId;
        Version = version;
        _secret = secret.ToArray();
    }

    private StreamKey() => _secret = [];

    /// <summary>Stands for no key, where encryption is off: what it "seals" is checksummed only.</summary>
    public static StreamKey None { get; } = new();

    public long StreamId { get; }

    /// <summary>0: not encrypted.</summary>
    public int Version { get; }

    public bool IsNone => Version == 0;

    /// <summary>For the keyring, which keeps it, alone.</summary>
    internal ReadOnlySpan<byte> Secret => _secret;

    /// <summary>A fresh random key.</summary>
    public static StreamKey Create(long streamId, int version)
    {
        Span<byte> secret = stackalloc byte[Bytes];
        RandomNumberGenerator.Fill(secret);
        StreamKey key = new(streamId, version, secret);
        CryptographicOperations.ZeroMemory(secret);
        return key;
    }

    /// <summary>
    /// HKDF-SHA256 (RFC 5869) of the secret, with the salt, and the purpose, stream and version as info: keys for different purposes or salts say
    /// nothing about one another.
    /// </summary>
    /// <param name="purpose">One of <see cref="KeyPurpose"/>.</param>
    /// <param name="salt">Names the one file or run that the result is for.</param>
    /// <param name="derived">32 bytes.</param>
    public void Derive(ReadOnlySpan<byte> purpose, ReadOnlySpan<byte> salt, Span<byte> derived)
    {
        if (IsNone)
            throw new InvalidOperationException("no key can be derived where encryption is off");
        if (derived.Length != Bytes)
            throw new ArgumentException($"a key has {Bytes} bytes, not {derived.Length}", nameof(derived));
        Span<byte> info = stackalloc byte[purpose.Length + sizeof(long) + sizeof(int)];
        purpose.CopyTo(info);
        BinaryPrimitives.WriteInt64LittleEndian(info[purpose.Length..], StreamId);
        BinaryPrimitives.WriteInt32LittleEndian(info[(purpose.Length + sizeof(long))..], Version);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, derived, salt, info);
    }
}
