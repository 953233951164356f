using System.Text;
using Varve.Arrow.Compression;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Arrow.Tests.Compression;

public class CodecTests(ITestOutputHelper output)
{
    public static TheoryData<string> Codecs => ["zstd", "lz4"];

    [Fact]
    public void The_library_says_its_version() => Assert.True(Zstd.Load() >= new Version(1, 4, 0));

    [Theory]
    [MemberData(nameof(Codecs))]
    public void What_was_compressed_comes_back(string codec)
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        foreach (int length in (int[])[0, 1, 100, 65_536, 3_000_000])
        {
            byte[] source = Sample(random, length);
            byte[] frame = Compress(codec, source);
            byte[] target = new byte[length];
            Decompress(codec, frame, target);
            Assert.Equal(source, target);
        }
    }

    [Fact]
    public void Frames_record_the_size_of_what_they_hold()
    {
        byte[] frame = Compress("zstd", new byte[1 << 20]);
        Assert.Equal(1UL << 20, Zstd.ContentBytes(frame));
        Assert.InRange(1 << 20, 0, Zstd.MaxContentBytes(frame.Length));
        Assert.Null(Zstd.ContentBytes("not a frame"u8));
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void No_frame_holds_more_than_its_bound(string codec)
    {
        byte[] zeros = new byte[64 << 20];
        int frame = Compress(codec, zeros).Length;
        Assert.InRange(zeros.Length, 0, codec == "zstd" ? Zstd.MaxContentBytes(frame) : Lz4Frame.MaxContentBytes(frame));
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_frame_that_holds_another_number_of_bytes_is_refused(string codec)
    {
        byte[] frame = Compress(codec, new byte[1000]);
        foreach (int length in (int[])[1, 999, 1001, 100_000])
            Assert.Throws<ArrowFormatException>(() => Decompress(codec, frame, new byte[length]));
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Damaged_frames_end_in_an_error_or_bytes_and_leave_the_contexts_usable(string codec)
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        byte[] source = Sample(random, 5_000);
        byte[] frame = Compress(codec, source);
        byte[] target = new byte[source.Length];
        int refused = 0;
        for (int round = 0; round < 3_000; round++)
        {
            byte[] damaged = [.. frame];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            if (random.Next(4) == 0)
                damaged = damaged[..random.Next(damaged.Length)];
            try
            {
                Decompress(codec, damaged, target);
            }
            catch (ArrowFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 100, 3_000);
        Decompress(codec, frame, target);
        Assert.Equal(source, target);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_frame_followed_by_something_is_refused(string codec)
    {
        byte[] frame = [.. Compress(codec, new byte[1000]), 1, 2, 3];
        Assert.Throws<ArrowFormatException>(() => Decompress(codec, frame, new byte[1000]));
    }

    [Fact]
    public void A_target_that_is_too_small_is_the_callers_mistake()
    {
        byte[] noise = new byte[1000];
        new Random(3).NextBytes(noise);
        Assert.Throws<ArgumentException>(() => Zstd.Compress(noise, new byte[10]));
        Assert.Throws<ArgumentException>(() => Lz4Frame.Compress(noise, new byte[10]));
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public async Task Contexts_are_not_shared_by_calls_at_the_same_time(string codec)
    {
        int seed = TestSeed.Next(output.WriteLine);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
        {
            byte[] source = Sample(new Random(seed + i), 40_000);
            byte[] target = new byte[source.Length];
            for (int round = 0; round < 50; round++)
            {
                Decompress(codec, Compress(codec, source), target);
                Assert.Equal(source, target);
            }
        })));
    }

    [Fact]
    public void A_missing_library_is_said_with_the_package_that_brings_it()
    {
        var error = Assert.Throws<DllNotFoundException>(() => NativeLibraries.Load("zstd", "libzstd1", null, ["libnowhere.so.1", "libnowhere.so.2"]));
        Assert.Equal("zstd is not installed (looked for libnowhere.so.1, libnowhere.so.2). Install it with: apt-get install libzstd1", error.Message);
        error = Assert.Throws<DllNotFoundException>(() => NativeLibraries.Load("lz4", "liblz4-1", "/nowhere/lz4.so", ["liblz4.so.1"]));
        Assert.Contains("looked for /nowhere/lz4.so", error.Message);
    }

    private static byte[] Sample(Random random, int length)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, length).Select(i => i % 7 == 0 ? random.Next(10) : i % 10)));
        return bytes[..length];
    }

    private static byte[] Compress(string codec, byte[] source)
    {
        byte[] target = new byte[codec == "zstd" ? Zstd.MaxCompressedBytes(source.Length) : Lz4Frame.MaxCompressedBytes(source.Length)];
        int written = codec == "zstd" ? Zstd.Compress(source, target) : Lz4Frame.Compress(source, target);
        return target[..written];
    }

    private static void Decompress(string codec, byte[] frame, byte[] target)
    {
        if (codec == "zstd")
            Zstd.Decompress(frame, target);
        else
            Lz4Frame.Decompress(frame, target);
    }
}
