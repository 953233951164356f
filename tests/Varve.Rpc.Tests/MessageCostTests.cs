using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Varve.Rpc.Framing;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Rpc.Tests;

/// <summary>What a message is said to cost is no less than what parsing it allocates, and not far more.</summary>
public sealed class MessageCostTests(ITestOutputHelper output)
{
    private const int Bytes = 200_000;

    private static readonly Dictionary<string, byte[]> Messages = new()
    {
        { "empty messages", Repeat((4 << 3) | 2, 0) },
        { "empty strings", Repeat((3 << 3) | 2, 0) },
        { "short strings", Repeat((3 << 3) | 2, 1, (byte)'a') },
        { "one string", [(1 << 3) | 2, .. Varint(Bytes), .. new byte[Bytes]] },
        { "packed numbers", [(10 << 3) | 2, .. Varint(Bytes), .. new byte[Bytes]] },
        { "numbers one by one", Repeat(10 << 3, 1) },
        { "messages in messages", Repeat((4 << 3) | 2, 4, (3 << 3) | 2, 2, (2 << 3) | 2, 0) },
        { "unknown numbers", [.. Enumerable.Range(0, Bytes / 5).SelectMany(i => (byte[])[0x80, (byte)(0x80 | i), (byte)(0x80 | (i >> 7)), 1, 1])] },
        { "unknown bytes", Repeat(0xA2, 0x06, 1, 0) },
    };

    public static TheoryData<string> Kinds() => [.. Messages.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_cost_covers_what_parsing_allocates(string what)
    {
        byte[] message = Messages[what];
        long cost = MessageDecoder<FileDescriptorProto>.Cost.Measure(message);
        MessageDecoder<FileDescriptorProto>.Decode(message);
        long before = GC.GetAllocatedBytesForCurrentThread();
        MessageDecoder<FileDescriptorProto>.Decode(message);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        output.WriteLine($"{what}: {message.Length} bytes, cost {cost}, allocated {allocated}");
        Assert.InRange(allocated, 0, cost + 1000);
        Assert.InRange(cost, 0, (4 * allocated) + 1000);
    }

    [Fact]
    public void Damaged_messages_have_a_cost_too()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        byte[] good = FileDescriptorProto.Descriptor.File.ToProto().ToByteArray();
        for (int round = 0; round < 2_000; round++)
        {
            byte[] bad = (byte[])good.Clone();
            for (int i = random.Next(1, 10); i > 0; i--)
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            Assert.InRange(MessageDecoder<FileDescriptorProto>.Cost.Measure(bad.AsSpan(0, random.Next(bad.Length))), 0, 100L * bad.Length);
        }
    }

    [Fact]
    public void Messages_nested_without_end_are_measured_without_end_of_the_stack()
    {
        byte[] nested = [];
        for (int i = 0; i < 1000; i++)
        {
            byte[] element = [(1 << 3) | 2, .. Varint(nested.Length), .. nested];
            nested = [(6 << 3) | 2, .. Varint(element.Length), .. element];
        }

        Assert.InRange(MessageDecoder<Value>.Cost.Measure(nested), 0, 100L * nested.Length);
    }

    private static byte[] Repeat(params byte[] field) => [.. Enumerable.Repeat(field, Bytes / field.Length).SelectMany(b => b)];

    private static byte[] Varint(int value)
    {
        using var bytes = new MemoryStream();
        var output = new CodedOutputStream(bytes);
        output.WriteLength(value);
        output.Flush();
        return bytes.ToArray();
    }
}
