using System.Security.Cryptography;
using Varve.Storage.Keys;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Keys;

public class PageCipherTests(ITestOutputHelper output)
{
    private const int PayloadBytes = 100;

    private static readonly StreamKey Key = StreamKey.Create(7, 3);
    private static readonly byte[] Associated = "place"u8.ToArray();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_page_opens_as_it_was_sealed(bool encrypted)
    {
        using PageCipher writer = Writer(encrypted, out byte[] salt);
        byte[] plain = Payload();
        byte[] page = Sealed(writer, 5, plain);
        Assert.Equal(!encrypted, plain.AsSpan().SequenceEqual(page.AsSpan(0, PayloadBytes)));
        using PageCipher reader = PageCipher.For(KeyOf(encrypted), salt);
        Assert.True(reader.TryOpen(5, Associated, page));
        Assert.Equal(plain, page[..PayloadBytes]);
        byte[] empty = Sealed(writer, 6, []);
        Assert.True(reader.TryOpen(6, Associated, empty));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Any_flipped_bit_is_detected(bool encrypted)
    {
        using PageCipher writer = Writer(encrypted, out byte[] salt);
        using PageCipher reader = PageCipher.For(KeyOf(encrypted), salt);
        byte[] page = Sealed(writer, 0, Payload());
        for (int bit = 0; bit < page.Length * 8; bit++)
        {
            byte[] flipped = [.. page];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(reader.TryOpen(0, Associated, flipped), $"bit {bit}");
        }

        Assert.False(reader.TryOpen(0, Associated, [.. page[..^1]]));
        Assert.False(reader.TryOpen(0, Associated, [.. page[1..]]));
        Assert.False(reader.TryOpen(0, Associated, [.. page[..3]]));
        Assert.True(reader.TryOpen(0, Associated, page));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_page_opens_in_its_place_only(bool encrypted)
    {
        using PageCipher writer = Writer(encrypted, out byte[] salt);
        byte[] page = Sealed(writer, 1, Payload());
        Assert.False(Opens(encrypted, salt, 2, Associated, page));
        Assert.False(Opens(encrypted, salt, 1, "other"u8, page));
        Assert.False(Opens(encrypted, salt, 1, "places"u8, page));
        byte[] otherSalt = [.. salt];
        otherSalt[31] ^= 1;
        Assert.False(Opens(encrypted, otherSalt, 1, Associated, page));
        Assert.True(Opens(encrypted, salt, 1, Associated, page));
    }

    [Fact]
    public void Another_stream_version_or_secret_does_not_open_it()
    {
        byte[] secret = RandomNumberGenerator.GetBytes(StreamKey.Bytes);
        byte[] salt = new byte[PageCipher.SaltBytes];
        using PageCipher writer = PageCipher.ForWriting(new StreamKey(7, 3, secret), salt);
        byte[] page = Sealed(writer, 1, Payload());
        foreach (StreamKey other in new[] { new StreamKey(8, 3, secret), new StreamKey(7, 4, secret), StreamKey.Create(7, 3), StreamKey.None })
        {
            using PageCipher reader = PageCipher.For(other, salt);
            Assert.False(reader.TryOpen(1, Associated, [.. page]));
        }

        using PageCipher right = PageCipher.For(new StreamKey(7, 3, secret), salt);
        Assert.True(right.TryOpen(1, Associated, page));
    }

    [Fact]
    public void A_number_is_sealed_once_and_by_the_writer_alone()
    {
        using PageCipher writer = Writer(encrypted: true, out byte[] salt);
        Sealed(writer, 3, Payload());
        Assert.Throws<InvalidOperationException>(() => Sealed(writer, 3, Payload()));
        Assert.Throws<InvalidOperationException>(() => Sealed(writer, 2, Payload()));
        using PageCipher reader = PageCipher.For(Key, salt);
        Assert.Throws<InvalidOperationException>(() => Sealed(reader, 4, Payload()));
        using PageCipher another = Writer(encrypted: true, out byte[] otherSalt);
        Assert.NotEqual(salt, otherSalt);
    }

    [Fact]
    public void A_sealed_page_has_these_bytes()
    {
        // HKDF by hand, one block of it: extract, then expand. The checksum is of salt, number, length of the associated data, that, and payload.
        byte[] secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        byte[] salt = [.. Enumerable.Range(100, 32).Select(i => (byte)i)];
        byte[] info = [.. "varve/segment-pages/1:"u8, 7, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0];
        byte[] fileKey = HMACSHA256.HashData(HMACSHA256.HashData(salt, secret), (byte[])[.. info, 1]);
        byte[] page = new byte[PayloadBytes + PageCipher.SealBytes];
        using (AesGcm aes = new(fileKey, 16))
            aes.Encrypt([4, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Payload(), page.AsSpan(0, PayloadBytes), page.AsSpan(PayloadBytes), Associated);
        using PageCipher reader = PageCipher.For(new StreamKey(7, 3, secret), salt);
        Assert.True(reader.TryOpen(0x104, Associated, page), "the sealing of pages changed: no segment written before can be read");
        Assert.Equal(Payload(), page[..PayloadBytes]);

        const string expected = "B98C294B" + "000000000000000000000000";
        byte[] plain = Payload();
        byte[] crc = [.. plain, .. Convert.FromHexString(expected)];
        using PageCipher none = PageCipher.For(StreamKey.None, salt);
        Assert.True(none.TryOpen(0x104, Associated, crc), "the checksum of pages changed: no segment written before can be read");
    }

    [Fact]
    public async Task Many_threads_open_pages_of_one_file()
    {
        int seed = TestSeed.Next(output.WriteLine);
        using PageCipher writer = Writer(encrypted: true, out byte[] salt);
        byte[][] pages = [.. Enumerable.Range(0, 50).Select(i => Sealed(writer, i, Payload()))];
        using PageCipher reader = PageCipher.For(Key, salt);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            Random random = new(seed + thread);
            byte[] page = new byte[PayloadBytes + PageCipher.SealBytes];
            for (int i = 0; i < 5_000; i++)
            {
                int number = random.Next(pages.Length);
                pages[number].CopyTo(page, 0);
                bool damaged = random.Next(10) == 0;
                if (damaged)
                    page[random.Next(page.Length)] ^= 1;
                Assert.Equal(!damaged, reader.TryOpen(number, Associated, page));
            }
        })));
    }

    [Fact]
    public void A_disposed_cipher_opens_nothing()
    {
        using PageCipher writer = Writer(encrypted: true, out byte[] salt);
        byte[] page = Sealed(writer, 0, Payload());
        PageCipher reader = PageCipher.For(Key, salt);
        Assert.True(reader.TryOpen(0, Associated, [.. page]));
        reader.Dispose();
        Assert.Throws<ObjectDisposedException>(() => reader.TryOpen(0, Associated, page));
    }

    private static StreamKey KeyOf(bool encrypted) => encrypted ? Key : StreamKey.None;

    private static PageCipher Writer(bool encrypted, out byte[] salt)
    {
        salt = new byte[PageCipher.SaltBytes];
        return PageCipher.ForWriting(KeyOf(encrypted), salt);
    }

    private static byte[] Payload() => [.. Enumerable.Range(0, PayloadBytes).Select(i => (byte)(i * 3))];

    private static byte[] Sealed(PageCipher writer, long number, byte[] payload)
    {
        byte[] page = [.. payload, .. new byte[PageCipher.SealBytes]];
        writer.Seal(number, Associated, page);
        return page;
    }

    private static bool Opens(bool encrypted, byte[] salt, long number, ReadOnlySpan<byte> associated, byte[] page)
    {
        using PageCipher reader = PageCipher.For(KeyOf(encrypted), salt);
        return reader.TryOpen(number, associated, [.. page]);
    }
}
