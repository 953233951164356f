using System.Buffers.Binary;
using System.Security.Cryptography;
using Varve.Storage.Log;

namespace Varve.Storage.Keys;

/// <summary>
/// Bytes sealed as a whole: parts of records and of the checkpoint. With a key they are AES-256-GCM, without one they have a checksum. Opens only
/// with the key, the purpose and the associated data that it was sealed with. Without state, any thread.
/// <code>
/// offset bytes type  field
/// 0      4     u32   version of the key; 0: not encrypted
/// 4      28    bytes salt, random; zero where not encrypted
/// 32     16    bytes GCM tag; where not encrypted the CRC-32C of associated data and content, and zeros
/// 48     ...         content
/// </code>
/// </summary>
/// <remarks>
/// The nonce is zero and cannot repeat: GCM's key is derived with a salt that is drawn for this one sealing. It costs 3 us more than a key that is
/// kept, which does not matter where this is used.
/// </remarks>
internal static class SealedBlob
{
    public const int OverheadBytes = 48;

    private const int SaltAt = 4;
    private const int TagAt = 32;

    private static ReadOnlySpan<byte> Nonce => new byte[AesGcmPool.NonceBytes];

    public static byte[] Seal(StreamKey key, ReadOnlySpan<byte> purpose, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plain)
    {
        byte[] blob = new byte[checked(OverheadBytes + plain.Length)];
        BinaryPrimitives.WriteInt32LittleEndian(blob, key.Version);
        if (key.IsNone)
        {
            plain.CopyTo(blob.AsSpan(OverheadBytes));
            BinaryPrimitives.WriteUInt32LittleEndian(blob.AsSpan(TagAt), Checksum(associated, plain));
            return blob;
        }

        RandomNumberGenerator.Fill(blob.AsSpan(SaltAt, TagAt - SaltAt));
        using AesGcm aes = Cipher(key, purpose, blob);
        aes.Encrypt(Nonce, plain, blob.AsSpan(OverheadBytes), blob.AsSpan(TagAt, AesGcmPool.TagBytes), associated);
        return blob;
    }

    /// <summary>The version of the key that opens it; null where the bytes are too few for a blob.</summary>
    public static int? VersionOf(ReadOnlySpan<byte> blob) => blob.Length < OverheadBytes ? null : BinaryPrimitives.ReadInt32LittleEndian(blob);

    /// <summary>The content; null where anything is not as it was sealed.</summary>
    public static byte[]? Open(StreamKey key, ReadOnlySpan<byte> purpose, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> blob)
    {
        if (VersionOf(blob) != key.Version)
            return null;
        ReadOnlySpan<byte> tag = blob.Slice(TagAt, AesGcmPool.TagBytes);
        byte[] plain = new byte[blob.Length - OverheadBytes];
        if (key.IsNone)
        {
            blob[OverheadBytes..].CopyTo(plain);
            bool matches = BinaryPrimitives.ReadUInt32LittleEndian(tag) == Checksum(associated, plain)
                && !tag[sizeof(uint)..].ContainsAnyExcept((byte)0) && !blob[SaltAt..TagAt].ContainsAnyExcept((byte)0);
            return matches ? plain : null;
        }

        using AesGcm aes = Cipher(key, purpose, blob);
        try
        {
            aes.Decrypt(Nonce, blob[OverheadBytes..], tag, plain, associated);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static uint Checksum(ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plain) =>
        Crc32C.Compute(plain, Crc32C.Compute(associated, (uint)associated.Length));

    private static AesGcm Cipher(StreamKey key, ReadOnlySpan<byte> purpose, ReadOnlySpan<byte> blob)
    {
        Span<byte> derived = stackalloc byte[StreamKey.Bytes];
        key.Derive(purpose, blob[SaltAt..TagAt], derived);
        AesGcm aes = new(derived, AesGcmPool.TagBytes);
        CryptographicOperations.ZeroMemory(derived);
        return aes;
    }
}
