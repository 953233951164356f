using Varve.Arrow;
using Varve.Arrow.Validation;
using Varve.Storage.Segments.Encoding;
using Varve.Storage.Segments.Format;
using Varve.Storage.Segments.Pages;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Segments;

/// <summary>
/// Payloads that were changed and still opened, as if their seals had been forged: they are refused, or are arrays with other values, but never break
/// what arrays promise, and never make the reader allocate more than the footer allows.
/// </summary>
public class PageFuzzTests(ITestOutputHelper output)
{
    /// <summary>Memory besides that of values: objects, exceptions, and what the decompressor needs.</summary>
    private const long OverheadBytes = 512 << 10;

    /// <summary>Types whose every value is valid, so that only the structure can be wrong.</summary>
    private static readonly string[] Types =
    [
        "null", "bool", "int8", "uint16", "int32", "int64", "float16", "float32", "float64", "binary", "large_binary", "binary_view",
        "fixed_size_binary[3]", "timestamp[us]", "duration[ns]", "interval[month_day_nano]", "list<int16>", "large_list<binary>", "fixed_size_list<int32>[3]",
        "struct<a: int64, b: list<bool>>", "map<int32, binary_view>", "list<struct<a: float64, b: fixed_size_list<int8>[2]>>",
    ];

    [Fact]
    public void A_changed_payload_is_refused_or_is_still_an_array()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        int refused = 0;
        int taken = 0;
        using PageWriter writer = new();
        foreach (string name in Types)
        {
            ArrowType type = TypeNames.Parse(name);
            for (int round = 0; round < 40; round++)
            {
                ArrayData array = RandomArrays.Next(random, type, random.Next(1, 400));
                writer.Begin();
                ArrayPage.Write(array, writer);
                for (int i = 0; i < 25; i++)
                {
                    byte[] payload = Change(random, writer.Payload.Written.ToArray());
                    if (Read(type, array, writer.RawBytes, payload))
                        taken++;
                    else
                        refused++;
                }
            }
        }

        output.WriteLine($"{refused} refused, {taken} taken");
        Assert.True(refused > 1_000 && taken > 100);
    }

    [Fact]
    public void What_was_written_decodes_within_what_was_counted()
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        using PageWriter writer = new();
        foreach (string name in Types)
        {
            ArrowType type = TypeNames.Parse(name);
            ArrayData array = RandomArrays.Next(random, type, 1_000);
            writer.Begin();
            ArrayPage.Write(array, writer);
            byte[] payload = writer.Payload.Written.ToArray();
            Assert.True(Read(type, array, writer.RawBytes, payload));
            if (writer.RawBytes > 0)
                Assert.False(Read(type, array, writer.RawBytes - 1, payload));
        }
    }

    private static bool Read(ArrowType type, ArrayData written, long rawBytes, byte[] payload)
    {
        BlockEntry entry = new(default, written.NullCount, rawBytes, "", null);
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            ArrayData array = BlockPage.Read(type, written.Length, entry, payload, null);
            ArrayValidation.Validate(new Field("c", type), array);
            Assert.Equal((written.Length, 0), (array.Length, array.Offset));
            return true;
        }
        catch (Exception e) when (e is PageFormatException or VectorFormatException)
        {
            return false;
        }
        finally
        {
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (4 * rawBytes) + OverheadBytes);
        }
    }

    private static byte[] Change(Random random, byte[] payload)
    {
        if (payload.Length == 0)
            return [(byte)random.Next(256)];
        switch (random.Next(8))
        {
            case 0:
                return payload[..random.Next(payload.Length)];
            case 1:
                return [.. payload, (byte)random.Next(256)];
            default:
                for (int i = random.Next(1, 4); i > 0; i--)
                    payload[random.Next(Math.Min(payload.Length, 64))] = (byte)random.Next(256);
                payload[random.Next(payload.Length)] ^= (byte)(1 << random.Next(8));
                return payload;
        }
    }
}
