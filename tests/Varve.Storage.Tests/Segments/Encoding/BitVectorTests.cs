using Varve.Storage.Segments.Encoding;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Segments.Encoding;

public class BitVectorTests(ITestOutputHelper output)
{
    [Fact]
    public void Bits_come_back_from_every_place_in_their_source()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        byte[] source = new byte[9000];
        foreach (int density in (int[])[0, 1, 20, 128, 236, 255, 256])
        {
            for (int i = 0; i < source.Length; i++)
                source[i] = density is 0 ? (byte)0
                    : density is 256 ? (byte)255
                    : (byte)Enumerable.Range(0, 8).Sum(b => random.Next(256) < density ? 1 << b : 0);
            foreach (int count in (int[])[0, 1, 7, 8, 9, 63, 64, 65, 1000, 1024, 65_536])
            {
                foreach (int first in (int[])[0, 1, 3, 7, 8, 13, 64, 71])
                    AssertRoundTrip(source, first, count);
            }
        }
    }

    [Fact]
    public void Long_runs_of_bits_take_a_place_each()
    {
        byte[] bits = new byte[8192];
        bits.AsSpan(1000, 3000).Fill(255);
        bits[5000] = 0x30;
        using VectorWriter writer = new();
        BitVector.Encode(bits, 0, 65_536, writer);
        Assert.InRange(writer.Length, 1, 60);
        AssertRoundTrip(bits, 0, 65_536);
    }

    private static void AssertRoundTrip(byte[] source, int first, int count)
    {
        using VectorWriter writer = new();
        BitVector.Encode(source, first, count, writer);
        byte[] decoded = new byte[((count + 7) / 8) + 1];
        decoded.AsSpan().Fill(0xAA);
        Assert.Equal(writer.Length, BitVector.Decode(writer.Written, decoded, count));
        for (int i = 0; i < count; i++)
        {
            bool expected = (source[(first + i) / 8] >> ((first + i) % 8) & 1) != 0;
            Assert.True(expected == ((decoded[i / 8] >> (i % 8) & 1) != 0), $"bit {i} of {count} from {first}");
        }

        if (count % 8 != 0)
            Assert.Equal(0, decoded[count / 8] >> count % 8);
        Assert.Equal(0xAA, decoded[^1]);
    }
}
