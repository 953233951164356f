using System.Security.Cryptography;
using Varve.Storage.Keys;
using Varve.Storage.Log;

namespace Varve.Storage.Tests.Keys;

public class KeyringFormatTests
{
    private static readonly byte[] RootSecret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private static readonly KeyringContent Content = new(
        9,
        [
            new KeyVersion(new StreamKey(0, 1, Enumerable.Repeat((byte)0xA0, 32).ToArray()), 0x1122334455667788, LogPosition.None),
            new KeyVersion(new StreamKey(7, 2, Enumerable.Repeat((byte)0xA7, 32).ToArray()), 5, new LogPosition(6)),
        ]);

    [Fact]
    public void The_content_has_these_bytes()
    {
        string expected = "0900000000000000" + "02000000" + "00000000"
            + "0000000000000000" + "01000000" + "00000000" + "8877665544332211" + "0000000000000000" + string.Concat(Enumerable.Repeat("A0", 32))
            + "0700000000000000" + "02000000" + "00000000" + "0500000000000000" + "0600000000000000" + string.Concat(Enumerable.Repeat("A7", 32));
        byte[] bytes = new byte[Content.EncodedBytes];
        Content.Encode(bytes);
        string found = Convert.ToHexString(bytes);
        Assert.True(expected == found, $"the format of keyrings changed: none written before can be opened. Found {found}");
        Assert.True(KeyringContent.Decode(bytes, out _)!.IsSame(Content));
    }

    [Fact]
    public void A_keyring_that_is_made_by_hand_is_opened()
    {
        byte[] bytes = new byte[128 + Content.EncodedBytes];
        byte[] salt = [.. Enumerable.Range(200, 32).Select(i => (byte)i)];
        "VARVKEYS"u8.CopyTo(bytes);
        bytes[8] = bytes[10] = bytes[12] = 1;
        bytes[16] = 3;
        bytes[24] = (byte)Content.EncodedBytes;
        salt.CopyTo(bytes, 32);
        Derived("varve/keyring-check/1:", salt).AsSpan(0, 16).CopyTo(bytes.AsSpan(64));
        byte[] plain = new byte[Content.EncodedBytes];
        Content.Encode(plain);
        using (AesGcm aes = new(Derived("varve/keyring-content/1:", salt), 16))
            aes.Encrypt(new byte[12], plain, bytes.AsSpan(128), bytes.AsSpan(80, 16), bytes.AsSpan(0, 80));
        BitConverter.TryWriteBytes(bytes.AsSpan(124), Crc32C.Compute(bytes.AsSpan(0, 124)));

        KeyringFile file = KeyringFile.Parse(bytes, "keyring");
        Assert.True(RootKey.TryParse(RootSecret, mayBeRaw: true, out RootKey? root, out _));
        Assert.True(file.IsSealedWith(root), "the sealing of keyrings changed: none written before can be opened");
        Assert.True(file.Open(root).IsSame(Content));
        Assert.Equal(3, file.Number);
        Assert.False(file.IsSealedWith(RootKey.Create()));
    }

    [Fact]
    public void A_keyring_of_a_directory_without_encryption_has_these_bytes()
    {
        byte[] bytes = KeyringFile.EncodePlain();
        Assert.Equal(128, bytes.Length);
        Assert.Equal("564152564B455953" + "0100" + "0100" + "02000000" + "0100000000000000",
            Convert.ToHexString(bytes.AsSpan(0, 24)));
        Assert.False(bytes.AsSpan(24, 100).ContainsAnyExcept((byte)0));
        Assert.False(KeyringFile.Parse(bytes, "keyring").IsEncrypted);
    }

    [Fact]
    public void Contents_that_are_none_are_refused()
    {
        byte[] bytes = new byte[Content.EncodedBytes];
        Content.Encode(bytes);
        (int At, byte Value)[] damages = [(8, 3), (8, 0), (16, 1), (24, 0), (80, 10), (80, 0), (0, 6), (88, 0)];
        foreach ((int at, byte value) in damages)
        {
            byte[] damaged = [.. bytes];
            damaged[at] = value;
            if (at == 80 && value == 0)
                damaged[88] = 1;
            Assert.Null(KeyringContent.Decode(damaged, out string? problem));
            Assert.NotNull(problem);
        }

        for (int length = 0; length < bytes.Length; length++)
            Assert.Null(KeyringContent.Decode(bytes.AsSpan(0, length), out _));
    }

    /// <summary>HKDF by hand, one block of it: extract, then expand.</summary>
    private static byte[] Derived(string purpose, byte[] salt) =>
        HMACSHA256.HashData(HMACSHA256.HashData(salt, RootSecret), (byte[])[.. System.Text.Encoding.ASCII.GetBytes(purpose), 1]);
}
