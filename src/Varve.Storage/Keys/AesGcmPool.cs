using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Varve.Storage.Keys;

/// <summary>
/// AES-256-GCM under one key for any number of threads. An <see cref="AesGcm"/> serves one thread at a time (two on one give wrong bytes without an
/// error) and costs 0.8 us to make, so they are kept: as many as processors, more are made and thrown away. Any thread.
/// </summary>
/// <remarks>Whoever just drops it leaves the native contexts to the garbage collector, which is safe; <see cref="Forget"/> is sooner.</remarks>
internal sealed class AesGcmPool
{
    public const int TagBytes = 16;
    public const int NonceBytes = 12;

    private static readonly int KeptMax = Environment.ProcessorCount;

    private readonly byte[] _key;
    private readonly ConcurrentStack<AesGcm> _more = new();
    private AesGcm? _first;
    private volatile bool _isForgotten;

    /// <param name="key">32 bytes; copied.</param>
    public AesGcmPool(ReadOnlySpan<byte> key)
    {
        if (key.Length != StreamKey.Bytes)
            throw new ArgumentException($"a key has {StreamKey.Bytes} bytes, not {key.Length}", nameof(key));
        _key = key.ToArray();
    }

    /// <summary>Seals in place. The nonce must never have been used with this key.</summary>
    public void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> payload, Span<byte> tag)
    {
        AesGcm aes = Take();
        aes.Encrypt(nonce, payload, payload, tag, associated);
        GiveBack(aes);
    }

    /// <summary>Opens in place. False, with the payload cleared, where anything is not as it was sealed.</summary>
    public bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> payload, ReadOnlySpan<byte> tag)
    {
        AesGcm aes = Take();
        try
        {
            aes.Decrypt(nonce, payload, tag, payload, associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        finally
        {
            GiveBack(aes);
        }
    }

    /// <summary>Forgets the key. What other threads are in the middle of ends well; what they begin afterwards fails.</summary>
    public void Forget()
    {
        _isForgotten = true;
        CryptographicOperations.ZeroMemory(_key);
        Interlocked.Exchange(ref _first, null)?.Dispose();
        while (_more.TryPop(out AesGcm? aes))
            aes.Dispose();
    }

    private AesGcm Take()
    {
        if (Interlocked.Exchange(ref _first, null) is { } first)
            return first;
        if (_more.TryPop(out AesGcm? other))
            return other;
        ObjectDisposedException.ThrowIf(_isForgotten, this);
        AesGcm made = new(_key, TagBytes);
        if (!_isForgotten)
            return made;

        // The key may have been cleared while it was read.
        made.Dispose();
        throw new ObjectDisposedException(nameof(AesGcmPool));
    }

    private void GiveBack(AesGcm aes)
    {
        if (_isForgotten)
            aes.Dispose();
        else if (Interlocked.CompareExchange(ref _first, aes, null) is not null)
        {
            if (_more.Count < KeptMax)
                _more.Push(aes);
            else
                aes.Dispose();
        }
    }
}
