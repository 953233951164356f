using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Varve.Storage.Keys;

/// <summary>The key that the keyring is sealed with: 32 bytes that come from outside (<see cref="RootKeySource"/>). Immutable; any thread.</summary>
internal sealed class RootKey
{
    public const int Bytes = 32;

    private readonly byte[] _secret;

    private RootKey(byte[] secret) => _secret = secret;

    public static RootKey Create() => new(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>
    /// Reads a key as people store it: 64 hexadecimal digits or base64, with white space around it, or the 32 bytes themselves where
    /// <paramref name="mayBeRaw"/>. Thirty-two characters of text are not taken for bytes: they are half a key in hexadecimal, or a password.
    /// </summary>
    /// <param name="given">What the source gave.</param>
    /// <param name="mayBeRaw">Whether it may be the bytes themselves.</param>
    /// <param name="key">The key.</param>
    /// <param name="problem">What was found instead; says nothing of the content.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> given, bool mayBeRaw, [NotNullWhen(true)] out RootKey? key, [NotNullWhen(false)] out string? problem)
    {
        byte[] secret = new byte[Bytes];
        ReadOnlySpan<byte> text = given.Trim(" \t\r\n"u8);
        bool isRaw = mayBeRaw && given.Length == Bytes && text.ContainsAnyExceptInRange((byte)' ', (byte)'~');
        key = null;
        problem = null;
        if (isRaw)
            given.CopyTo(secret);
        else if (!FromHex(text, secret) && !FromBase64(text, secret))
            problem = $"expected {Bytes} bytes as {2 * Bytes} hexadecimal digits or as base64, found {given.Length} bytes that are neither";
        else if (secret.AsSpan().IndexOfAnyExcept(secret[0]) < 0)
            problem = "it is the same byte over and over, which is no key";
        if (problem is null)
            key = new RootKey(secret);
        return key is not null;
    }

    /// <summary>HKDF-SHA256 (RFC 5869) of the key with the salt, and the purpose as info.</summary>
    public void Derive(ReadOnlySpan<byte> purpose, ReadOnlySpan<byte> salt, Span<byte> derived) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, derived, salt, purpose);

    public bool Is(RootKey other) => CryptographicOperations.FixedTimeEquals(_secret, other._secret);

    /// <summary>As a key file holds it.</summary>
    public byte[] ToFile() => Encoding.ASCII.GetBytes(Convert.ToHexStringLower(_secret) + "\n");

    private static bool FromHex(ReadOnlySpan<byte> text, Span<byte> secret) =>
        text.Length == 2 * Bytes
        && Convert.FromHexString(text, secret, out _, out int written) == System.Buffers.OperationStatus.Done
        && written == Bytes;

    private static bool FromBase64(ReadOnlySpan<byte> text, Span<byte> secret)
    {
        const int padded = (Bytes + 2) / 3 * 4;
        return text.Length == padded
            && Base64.DecodeFromUtf8(text, secret, out _, out int written) == System.Buffers.OperationStatus.Done
            && written == Bytes;
    }
}
