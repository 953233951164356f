using System.Buffers.Binary;
using System.Security.Cryptography;
using Varve.Storage.Log;

namespace Varve.Storage.Keys;

/// <summary>
/// The file <c>keyring</c> of a data directory (docs/formats/keyring.md), rewritten whole with every change. Little-endian; what is not named is
/// zero.
/// <code>
/// offset  bytes  type   meaning
///      0      8  ascii  "VARVKEYS"
///      8      2  u16    version of the format, 1
///     10      2  u16    oldest version whose readers can read the file, 1
///     12      4  u32    kind: 1 sealed, 2 the directory is not encrypted (the file ends with the header)
///     16      8  i64    number of the writing, from 1
///     24      8  i64    bytes of the content, behind the header
///     32     32  bytes  salt, random for every writing
///     64     16  bytes  key check
///     80     16  bytes  tag of the content
///     96     28         zero
///    124      4  u32    CRC-32C of bytes 0..123
///
///    128                the content, sealed (<see cref="KeyringContent"/>)
/// </code>
/// Key check and content key are two keys derived from the root key and the salt. A check that does not match, in a header whose CRC does, means
/// another root key; anything else that does not match means damage.
/// </summary>
/// <remarks>
/// The content is AES-256-GCM under a nonce of zeros, with the header's first 80 bytes as associated data. The nonce cannot repeat: each writing
/// draws its salt, so its key is used once.
/// </remarks>
internal sealed class KeyringFile
{
    public const string FileName = "keyring";
    public const int BytesMax = 1 << 30;

    private const int HeaderBytes = 128;
    private const int SaltAt = 32;
    private const int SaltBytes = 32;
    private const int CheckAt = 64;
    private const int CheckBytes = 16;
    private const int TagAt = 80;
    private const int ChecksumAt = 124;
    private const ushort Version = 1;
    private const int SealedKind = 1;
    private const int PlainKind = 2;

    private readonly byte[] _bytes;
    private readonly string _path;

    private KeyringFile(byte[] bytes, string path)
    {
        _bytes = bytes;
        _path = path;
    }

    /// <summary>False: the directory is not encrypted, and there are no keys.</summary>
    public bool IsEncrypted => Kind == SealedKind;

    public long Number => BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(16));

    private static ReadOnlySpan<byte> Magic => "VARVKEYS"u8;

    private static ReadOnlySpan<byte> Nonce => new byte[AesGcmPool.NonceBytes];

    private int Kind => BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(12));

    private ReadOnlySpan<byte> Salt => _bytes.AsSpan(SaltAt, SaltBytes);

    /// <summary>The keyring of a directory that is not encrypted.</summary>
    public static byte[] EncodePlain()
    {
        byte[] bytes = new byte[HeaderBytes];
        WriteHeader(bytes, PlainKind, 1);
        return bytes;
    }

    public static byte[] Encode(RootKey root, long number, KeyringContent content)
    {
        byte[] bytes = new byte[HeaderBytes + content.EncodedBytes];
        Span<byte> salt = bytes.AsSpan(SaltAt, SaltBytes);
        RandomNumberGenerator.Fill(salt);
        Check(root, salt, bytes.AsSpan(CheckAt, CheckBytes));
        Span<byte> plain = bytes.AsSpan(HeaderBytes);
        content.Encode(plain);
        WriteHeader(bytes, SealedKind, number);
        using AesGcm aes = ContentCipher(root, salt);
        aes.Encrypt(Nonce, plain, plain, bytes.AsSpan(TagAt, AesGcmPool.TagBytes), bytes.AsSpan(0, TagAt));
        WriteChecksum(bytes);
        return bytes;
    }

    /// <summary>Checks what can be checked without the key. Throws <see cref="StorageErrorCode.Corruption"/> where it is damaged.</summary>
    public static KeyringFile Parse(byte[] bytes, string path)
    {
        KeyringFile file = new(bytes, path);
        if (bytes.Length < HeaderBytes || !bytes.AsSpan().StartsWith(Magic))
            throw file.Damaged($"expected at least {HeaderBytes} bytes that begin with VARVKEYS, found {bytes.Length} bytes");
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(ChecksumAt)) != Crc32C.Compute(bytes.AsSpan(0, ChecksumAt)))
            throw file.Damaged("the checksum of its header does not match");
        int oldestReader = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(10));
        if (oldestReader > Version)
        {
            throw new StorageException(
                StorageErrorCode.Unsupported, $"{path} needs a reader of version {oldestReader} or newer; this one is of version {Version}");
        }

        long contentBytes = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(24));
        if (file.Kind is not (SealedKind or PlainKind) || contentBytes != bytes.Length - HeaderBytes)
            throw file.Damaged($"kind {file.Kind} with {contentBytes} bytes behind the header, {bytes.Length - HeaderBytes} are there");
        return file;
    }

    /// <summary>Whether it is sealed with that key.</summary>
    public bool IsSealedWith(RootKey root)
    {
        Span<byte> check = stackalloc byte[CheckBytes];
        Check(root, Salt, check);
        return CryptographicOperations.FixedTimeEquals(check, _bytes.AsSpan(CheckAt, CheckBytes));
    }

    /// <summary>Opens the content with the key that it is sealed with.</summary>
    public KeyringContent Open(RootKey root)
    {
        byte[] plain = new byte[_bytes.Length - HeaderBytes];
        using AesGcm aes = ContentCipher(root, Salt);
        try
        {
            aes.Decrypt(Nonce, _bytes.AsSpan(HeaderBytes), _bytes.AsSpan(TagAt, AesGcmPool.TagBytes), plain, _bytes.AsSpan(0, TagAt));
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Damaged("the root key is the right one, but the seal of the content does not match");
        }

        KeyringContent? content = KeyringContent.Decode(plain, out string? problem);
        CryptographicOperations.ZeroMemory(plain);
        return content ?? throw Damaged(problem!);
    }

    private static void WriteHeader(Span<byte> bytes, int kind, long number)
    {
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[8..], Version);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[10..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], kind);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], number);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], bytes.Length - HeaderBytes);
        WriteChecksum(bytes);
    }

    private static void WriteChecksum(Span<byte> bytes) =>
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[ChecksumAt..], Crc32C.Compute(bytes[..ChecksumAt]));

    private static void Check(RootKey root, ReadOnlySpan<byte> salt, Span<byte> check) => root.Derive(KeyPurpose.KeyringCheck, salt, check);

    private static AesGcm ContentCipher(RootKey root, ReadOnlySpan<byte> salt)
    {
        Span<byte> key = stackalloc byte[StreamKey.Bytes];
        root.Derive(KeyPurpose.KeyringContent, salt, key);
        AesGcm aes = new(key, AesGcmPool.TagBytes);
        CryptographicOperations.ZeroMemory(key);
        return aes;
    }

    private StorageException Damaged(string what) =>
        new(StorageErrorCode.Corruption, $"the keyring {_path} is damaged: {what}. Nothing was changed; put back a whole one");
}
