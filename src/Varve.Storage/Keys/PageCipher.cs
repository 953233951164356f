using System.Buffers.Binary;
using System.Security.Cryptography;
using Varve.Storage.Log;

namespace Varve.Storage.Keys;

/// <summary>
/// Seals and opens the pages of one file. A page is a payload and the 16 bytes of its seal behind it; both are worked on in place. With a key the
/// seal is AES-256-GCM's tag and the payload is encrypted; without one it is a CRC-32C and twelve zeros, and the payload stays as it is. Either way a
/// page opens only with its own number, in its own file, with the associated data that it was sealed with.
/// One thread seals; any number open.
/// </summary>
/// <remarks>
/// <para>
/// Why no nonce ever repeats under one key: GCM's key is derived from the stream's key and the file's salt, and the nonce is the page's number. Only
/// <see cref="ForWriting"/> makes a cipher that can seal, and it draws the salt itself: 32 random bytes, so that no two ciphers that seal share a
/// key, be it of another file, of another try at the same file after a crash, or in a copy of the data directory. Within one cipher
/// <see cref="Seal"/> takes rising numbers only, so that each is used once. A cipher for reading (<see cref="For"/>) refuses to seal. So a file
/// is written from its beginning in one go, and never changed or continued.
/// </para>
/// <para>
/// GCM's limits: a page has less than 2^31 bytes, below 2^36 - 32; a file has less than 2^48 blocks of 16 bytes under one key.
/// </para>
/// </remarks>
internal sealed class PageCipher : IDisposable
{
    public const int SealBytes = AesGcmPool.TagBytes;
    public const int SaltBytes = 32;

    private const int ChecksumBytes = sizeof(uint);

    private readonly AesGcmPool? _aes;
    private readonly uint _checksumSeed;
    private readonly bool _canSeal;
    private long _sealedUpTo = -1;

    private PageCipher(StreamKey key, ReadOnlySpan<byte> salt, bool canSeal)
    {
        if (salt.Length != SaltBytes)
            throw new ArgumentException($"a salt has {SaltBytes} bytes, not {salt.Length}", nameof(salt));
        _canSeal = canSeal;
        if (key.IsNone)
        {
            _checksumSeed = Crc32C.Compute(salt);
            return;
        }

        Span<byte> fileKey = stackalloc byte[StreamKey.Bytes];
        key.Derive(KeyPurpose.SegmentPages, salt, fileKey);
        _aes = new AesGcmPool(fileKey);
        CryptographicOperations.ZeroMemory(fileKey);
    }

    /// <summary>For a new file: fills in its salt, which belongs in its header as it is. With <see cref="StreamKey.None"/> too.</summary>
    public static PageCipher ForWriting(StreamKey key, Span<byte> salt)
    {
        RandomNumberGenerator.Fill(salt);
        return new PageCipher(key, salt, canSeal: true);
    }

    /// <summary>For reading the file with that salt, written with that version of the key.</summary>
    public static PageCipher For(StreamKey key, ReadOnlySpan<byte> salt) => new(key, salt, canSeal: false);

    /// <summary>Seals a page in place.</summary>
    /// <param name="number">Above all numbers before.</param>
    /// <param name="associated">What has to be the same when the page is opened; not stored here.</param>
    /// <param name="page">The payload and, behind it, <see cref="SealBytes"/> bytes for the seal.</param>
    public void Seal(long number, ReadOnlySpan<byte> associated, Span<byte> page)
    {
        if (!_canSeal)
            throw new InvalidOperationException("this cipher was made for reading a file; sealing with it would use nonces a second time");
        if (number <= _sealedUpTo)
            throw new InvalidOperationException($"page {number} is sealed after page {_sealedUpTo}; a number may be used once");
        _sealedUpTo = number;
        Span<byte> payload = page[..^SealBytes];
        Span<byte> seal = page[^SealBytes..];
        if (_aes is null)
        {
            seal.Clear();
            BinaryPrimitives.WriteUInt32LittleEndian(seal, Checksum(number, associated, payload));
            return;
        }

        Span<byte> nonce = stackalloc byte[AesGcmPool.NonceBytes];
        WriteNonce(nonce, number);
        _aes.Seal(nonce, associated, payload, seal);
    }

    /// <summary>
    /// Opens a page in place. False where page, number, associated data, file or key are not those of the sealing; the payload is not to be looked
    /// at then.
    /// </summary>
    /// <param name="number">The page's.</param>
    /// <param name="associated">As when it was sealed.</param>
    /// <param name="page">The payload and its seal.</param>
    public bool TryOpen(long number, ReadOnlySpan<byte> associated, Span<byte> page)
    {
        if (page.Length < SealBytes)
            return false;
        Span<byte> payload = page[..^SealBytes];
        Span<byte> seal = page[^SealBytes..];
        if (_aes is null)
        {
            return BinaryPrimitives.ReadUInt32LittleEndian(seal) == Checksum(number, associated, payload)
                && !seal[ChecksumBytes..].ContainsAnyExcept((byte)0);
        }

        Span<byte> nonce = stackalloc byte[AesGcmPool.NonceBytes];
        WriteNonce(nonce, number);
        return _aes.TryOpen(nonce, associated, payload, seal);
    }

    /// <summary>Forgets the key. What other threads are in the middle of ends well; what they begin afterwards fails.</summary>
    public void Dispose() => _aes?.Forget();

    private uint Checksum(long number, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> payload)
    {
        // The length keeps a byte from moving between associated data and payload.
        Span<byte> head = stackalloc byte[sizeof(long) + sizeof(int)];
        BinaryPrimitives.WriteInt64LittleEndian(head, number);
        BinaryPrimitives.WriteInt32LittleEndian(head[sizeof(long)..], associated.Length);
        return Crc32C.Compute(payload, Crc32C.Compute(associated, Crc32C.Compute(head, _checksumSeed)));
    }

    /// <summary>The number in 96 bits, little-endian.</summary>
    private static void WriteNonce(Span<byte> nonce, long number)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(nonce, number);
    }
}
