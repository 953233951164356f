using System.Buffers.Binary;
using Varve.Arrow.Ipc;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Arrow.Tests.Ipc;

public class DamageTests(ITestOutputHelper output)
{
    private const int Rounds = 10_000;

    /// <summary>Far more than any read takes: a stall of the machine must not fail one of so many rounds.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private static readonly int[] Nasty = [0, 1, -1, 4, 8, 16, 0x7F, 0xFF, 0x7FFF, 0xFFFF, int.MaxValue, int.MinValue, int.MaxValue - 7, 0x10000000];

    [Fact]
    public void Damaged_streams_and_files_end_in_an_error_or_a_valid_batch()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        List<(byte[] Bytes, bool IsFile)> seeds = [.. Seeds(random)];
        int refused = 0;
        for (int round = 0; round < Rounds; round++)
        {
            (byte[] whole, bool isFile) = seeds[random.Next(seeds.Count)];
            byte[] damaged = Spoil(whole, random);
            try
            {
                refused += Damage.Read(damaged, isFile, Longest) is null ? 0 : 1;
            }
            catch
            {
                output.WriteLine($"round {round}, {(isFile ? "file" : "stream")}: {Convert.ToBase64String(damaged)}");
                throw;
            }
        }

        output.WriteLine($"{refused} of {Rounds} refused");
        Assert.InRange(refused, Rounds / 10, Rounds);
    }

    [Fact]
    public void A_stream_cut_off_inside_a_message_is_an_error_and_between_two_is_its_end()
    {
        (Schema schema, List<RecordBatch> batches) = IpcForms.ReadStream(GoldenFiles.Stream("cpp-21.0.0/generated_primitive"));
        byte[] stream = IpcForms.WriteStream(schema, batches);
        List<int> ends = [];
        using (var reader = new CountingReader(stream))
            ends.AddRange(reader.MessageEnds());
        int rowsAtLeast = 0;
        for (int length = 1; length < stream.Length; length += 3)
        {
            byte[] cut = stream[..length];
            ArrowFormatException? error = Damage.Read(cut, isFile: false, Longest);
            Assert.True((error is null) == ends.Contains(length), $"{length} of {stream.Length} bytes: {error?.Message ?? "read"}");
            rowsAtLeast += error is null ? 1 : 0;
        }

        foreach (int end in ends)
            Assert.Null(Damage.Read(stream.AsMemory(0, end), isFile: false, Longest));
        Assert.InRange(rowsAtLeast, 0, ends.Count);
    }

    private static IEnumerable<(byte[] Bytes, bool IsFile)> Seeds(Random random)
    {
        var make = new RandomBatches(random);
        for (int i = 0; i < 40; i++)
        {
            Schema schema = make.Schema(withDictionaries: true);
            RecordBatch[] batches = [make.Batch(schema)];
            var compression = (BodyCompression)(i % 3);
            yield return (IpcForms.WriteStream(schema, batches, compression), false);
            yield return (IpcForms.WriteFile(schema, batches, compression), true);
        }

        foreach (string name in GoldenFiles.All().Where(n => !n.StartsWith("1.0.0-littleendian/generated_decimal", StringComparison.Ordinal)))
        {
            yield return (GoldenFiles.Stream(name), false);
            yield return (GoldenFiles.FileOf(name), true);
        }
    }

    private static byte[] Spoil(byte[] whole, Random random)
    {
        byte[] bytes = [.. whole];
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            switch (random.Next(6))
            {
                case 0:
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                    break;
                case 2 or 3:
                    int word = random.Next(bytes.Length / 4) * 4;
                    BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(Math.Min(word, bytes.Length - 4)), Nasty[random.Next(Nasty.Length)]);
                    break;
                case 4:
                    int from = random.Next(bytes.Length);
                    int count = Math.Min(random.Next(1, 64), bytes.Length - from);
                    bytes.AsSpan(from, count).CopyTo(bytes.AsSpan(random.Next(bytes.Length - count + 1)));
                    break;
                default:
                    if (random.Next(4) == 0)
                        bytes = bytes[..random.Next(8, bytes.Length)];
                    break;
            }
        }

        return bytes;
    }

    /// <summary>Finds where each message of a stream ends, by the frames alone.</summary>
    private sealed class CountingReader(byte[] stream) : IDisposable
    {
        private readonly MemoryStream _stream = new(stream);

        public IEnumerable<int> MessageEnds()
        {
            using var reader = new IpcStreamReader(_stream, leaveOpen: true);
            _ = reader.Schema;
            yield return (int)_stream.Position;
            while (reader.ReadNext() is not null)
                yield return (int)_stream.Position;
        }

        public void Dispose() => _stream.Dispose();
    }
}
