using Google.Protobuf;
using Varve.Protocol.Flight;
using Varve.Rpc.Framing;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Protocol.Tests.Flight;

public class FlightDataTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 0, 0)]
    [InlineData(200, 8, 0)]
    [InlineData(0, 0, 5)]
    [InlineData(127, 128, 127)]
    [InlineData(16_384, 3_000_000, 300)]
    public void A_prefix_and_the_body_behind_it_are_the_message_that_protobuf_writes(int headerBytes, int bodyBytes, int appMetadataBytes)
    {
        byte[] header = Pattern(headerBytes, 1);
        byte[] body = Pattern(bodyBytes, 2);
        byte[] appMetadata = Pattern(appMetadataBytes, 3);

        byte[] written = [.. FlightDataPrefix.Encode(header, body.Length, appMetadata), .. body];

        FlightData parsed = FlightData.Parser.ParseFrom(written);
        Assert.Equal(header, parsed.DataHeader.ToByteArray());
        Assert.Equal(body, parsed.DataBody.ToByteArray());
        Assert.Equal(appMetadata, parsed.AppMetadata.ToByteArray());
        Assert.Equal(parsed.ToByteArray(), written);
    }

    [Fact]
    public void A_first_message_carries_its_descriptor()
    {
        byte[] written = FlightDataPrefix.Encode([1, 2], 0, descriptor: FlightMessages.StreamDescriptor("a/b"));

        Assert.Equal(["a/b"], FlightData.Parser.ParseFrom(written).FlightDescriptor.Path);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_protobuf_writes_is_read_field_by_field(bool isPooled)
    {
        var sent = new FlightData
        {
            FlightDescriptor = FlightMessages.StreamDescriptor("s"),
            DataHeader = ByteString.CopyFrom(Pattern(13, 1)),
            AppMetadata = ByteString.CopyFrom(Pattern(3, 2)),
            DataBody = ByteString.CopyFrom(Pattern(70_001, 3)),
        };

        using FlightDataMessage read = Read(sent.ToByteArray(), isPooled);

        Assert.Equal(sent.FlightDescriptor, read.Descriptor);
        Assert.Equal(sent.DataHeader.ToByteArray(), read.Header.ToArray());
        Assert.Equal(sent.AppMetadata.ToByteArray(), read.AppMetadata.ToArray());
        Assert.Equal(sent.DataBody.ToByteArray(), read.Body.ToArray());
    }

    [Fact]
    public void Unknown_fields_are_skipped_and_of_a_doubled_one_the_last_counts()
    {
        byte[] bytes =
        [
            0x20, 0x96, 0x01,                               // field 4, a number
            0x29, 1, 2, 3, 4, 5, 6, 7, 8,                   // field 5, eight bytes
            0x35, 1, 2, 3, 4,                               // field 6, four bytes
            0x3A, 2, 9, 9,                                  // field 7, bytes
            0x12, 1, 0xAA,
            0x12, 2, 0xBB, 0xCC,
        ];

        using FlightDataMessage read = Read(bytes, isPooled: false);

        Assert.Equal([0xBB, 0xCC], read.Header.ToArray());
        Assert.True(read.Body.IsEmpty);
        Assert.Null(read.Descriptor);
    }

    [Fact]
    public void An_empty_message_has_empty_fields()
    {
        using FlightDataMessage read = Read([], isPooled: true);

        Assert.Equal(0, read.SizeBytes);
    }

    [Theory]
    [InlineData(new byte[] { 0x12 })]
    [InlineData(new byte[] { 0x12, 5, 1 })]
    [InlineData(new byte[] { 0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1 })]
    [InlineData(new byte[] { 0xC2, 0x3E, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })]
    [InlineData(new byte[] { 0xC0, 0x3E, 1 })]
    [InlineData(new byte[] { 0x13 })]
    [InlineData(new byte[] { 0x02, 0 })]
    [InlineData(new byte[] { 0x0A, 2, 0x0A, 200 })]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01 })]
    public void A_damaged_message_is_refused(byte[] bytes)
    {
        Exception? refusal = Record.Exception(() => Read(bytes, isPooled: false));

        Assert.True(refusal is MalformedMessageException or InvalidProtocolBufferException, $"{refusal}");
    }

    [Fact]
    public void Any_bytes_are_read_as_protobuf_reads_them_or_refused()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        byte[] valid = new FlightData
        {
            FlightDescriptor = FlightMessages.StreamDescriptor("stream"),
            DataHeader = ByteString.CopyFrom(Pattern(20, 1)),
            DataBody = ByteString.CopyFrom(Pattern(40, 2)),
        }.ToByteArray();
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = [.. valid.AsSpan(0, random.Next(valid.Length + 1))];
            for (int change = random.Next(4); change > 0 && bytes.Length > 0; change--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);

            FlightData? expected = TryParse(bytes);
            FlightDataMessage? read = TryRead(bytes);

            // Ours may read what protobuf refuses only where that lies in a field that is not looked into.
            if (expected is null || read is null)
                continue;
            Assert.Equal(expected.DataHeader.ToByteArray(), read.Header.ToArray());
            Assert.Equal(expected.DataBody.ToByteArray(), read.Body.ToArray());
            Assert.Equal(expected.AppMetadata.ToByteArray(), read.AppMetadata.ToArray());
        }
    }

    private static FlightDataMessage Read(byte[] bytes, bool isPooled) =>
        isPooled ? FlightDataMessage.DecodePooled(bytes) : FlightDataMessage.Decode(bytes);

    private static FlightDataMessage? TryRead(byte[] bytes)
    {
        try
        {
            return Read(bytes, isPooled: false);
        }
        catch (Exception e) when (e is MalformedMessageException or InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static FlightData? TryParse(byte[] bytes)
    {
        try
        {
            return FlightData.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static byte[] Pattern(int length, int seed) => [.. Enumerable.Range(0, length).Select(i => (byte)((i * 31) + seed))];
}
