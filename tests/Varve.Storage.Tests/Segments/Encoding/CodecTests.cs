using Varve.Storage.Segments.Encoding;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Segments.Encoding;

/// <summary>Each encoding by itself, whatever would be chosen; and what damaged vectors do.</summary>
public class CodecTests(ITestOutputHelper output)
{
    public static TheoryData<int> Counts => [101, 1023, 1024, 1025, 2100, 65_536];

    [Theory]
    [MemberData(nameof(Counts))]
    public void Every_encoding_gives_back_what_it_was_given(int count)
    {
        using GuardedMemory source = new(1 << 20);
        using GuardedMemory target = new(1 << 20);
        foreach (VectorSample sample in VectorSample.All(new Random(TestSeed.Next(output.WriteLine)), count))
        {
            Assert.True(sample.Expected.AsSpan().SequenceEqual(sample.Decode(source.Copy(sample.Bytes), target)), $"{count} values: {sample.Name}");
            Assert.NotEmpty(VectorInspection.Describe(sample.Bytes));
            Assert.Equal(sample.Bytes.Length, VectorInspection.BytesOf(sample.Bytes));
        }
    }

    [Fact]
    public void Every_encoding_is_among_the_samples()
    {
        HashSet<VectorEncoding> seen = [.. VectorSample.All(new Random(1), 2100).Select(sample => VectorHeader.Read(sample.Bytes).Encoding)];
        Assert.Equal(Enum.GetValues<VectorEncoding>().Order(), seen.Order());
    }

    [Fact]
    public void A_vector_that_was_cut_off_is_refused_wherever_it_was()
    {
        using GuardedMemory source = new(1 << 20);
        using GuardedMemory target = new(1 << 20);
        foreach (VectorSample sample in VectorSample.All(new Random(TestSeed.Next(output.WriteLine)), 1100))
        {
            for (int length = 0; length < sample.Bytes.Length; length += 1 + (length / 200))
            {
                byte[] cut = sample.Bytes[..length];
                Assert.Throws<VectorFormatException>(() => sample.Decode(source.Copy(cut), target));
            }
        }
    }

    [Fact]
    public void A_vector_whose_body_was_cut_off_is_refused_or_never_read_beyond()
    {
        using GuardedMemory source = new(1 << 20);
        using GuardedMemory target = new(1 << 20);
        foreach (VectorSample sample in VectorSample.All(new Random(TestSeed.Next(output.WriteLine)), 1100))
        {
            var header = VectorHeader.Read(sample.Bytes);
            for (int length = 0; length < header.BodyBytes; length += 1 + (length / 200))
            {
                // The header agrees with what is there, so that the codec itself has to find out.
                VectorHeader shorter = header with { BodyBytes = length };
                byte[] cut = new byte[shorter.VectorBytes];
                shorter.Write(cut);
                header.Body(sample.Bytes)[..length].CopyTo(cut.AsSpan(shorter.Bytes));
                Assert.Throws<VectorFormatException>(() => sample.Decode(source.Copy(cut), target));
            }
        }
    }

    [Fact]
    public void Flipped_bytes_are_found_or_give_other_values_but_nothing_else_happens()
    {
        int seed = TestSeed.Next(output.WriteLine);
        var random = new Random(seed);
        using GuardedMemory source = new(1 << 20);
        using GuardedMemory target = new(1 << 20);
        int refused = 0;
        int tried = 0;
        foreach (VectorSample sample in VectorSample.All(random, 1100))
        {
            for (int round = 0; round < 400; round++, tried++)
            {
                byte[] damaged = [.. sample.Bytes];
                int at = round < 200 ? random.Next(Math.Min(damaged.Length, 120)) : random.Next(damaged.Length);
                damaged[at] ^= (byte)(1 << random.Next(8));
                if (round % 3 == 0)
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                try
                {
                    sample.Decode(source.Copy(damaged), target);
                }
                catch (VectorFormatException)
                {
                    refused++;
                }
            }
        }

        output.WriteLine($"{refused} of {tried} refused");
        Assert.InRange(refused, tried / 20, tried);
    }

    [Fact]
    public void Vectors_within_vectors_end_before_the_stack_does()
    {
        byte[] bytes = [];
        for (int depth = 0; depth < 10_000; depth++)
        {
            using VectorWriter writer = new();
            int at = writer.BeginVector();
            writer.Append(bytes);
            writer.EndVector(at, VectorEncoding.Patched, sizeof(int), 0, 10);
            bytes = writer.Written.ToArray();
        }

        Assert.Throws<VectorFormatException>(() => IntegerVector.Decode<int>(bytes, new int[10]));
        Assert.Throws<VectorFormatException>(() => VectorInspection.Describe(bytes));
    }

    [Fact]
    public void Another_number_or_type_of_values_than_expected_is_refused()
    {
        using VectorWriter writer = new();
        IntegerVector.Encode<int>([1, 2, 3], writer);
        byte[] bytes = writer.Written.ToArray();
        Assert.Throws<VectorFormatException>(() => IntegerVector.Decode<int>(bytes, new int[2]));
        Assert.Throws<VectorFormatException>(() => IntegerVector.Decode<int>(bytes, new int[4]));
        Assert.Throws<VectorFormatException>(() => IntegerVector.Decode<long>(bytes, new long[3]));
        Assert.Throws<VectorFormatException>(() => RealVector.Decode<double>(bytes, new double[3]));
        Assert.Throws<VectorFormatException>(() => BitVector.Decode(bytes, new byte[1], 3));
    }
}
