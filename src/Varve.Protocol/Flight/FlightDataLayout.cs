using Varve.Rpc.Framing;

namespace Varve.Protocol.Flight;

/// <summary>
/// Where the fields of one FlightData lie in its bytes, found without copying any of them.
/// <list type="table">
/// <listheader><term>field</term><description>tag bytes, content</description></listheader>
/// <item><term>1 flight_descriptor</term><description>0A; only in the first message of a DoPut or DoExchange</description></item>
/// <item><term>2 data_header</term><description>12; a bare Arrow IPC Message (FlatBuffers, no prefix and no length); empty where the message carries
/// no data</description></item>
/// <item><term>3 app_metadata</term><description>1A; bytes of the application</description></item>
/// <item><term>1000 data_body</term><description>C2 3E; the body of the IPC message</description></item>
/// </list>
/// Unknown fields are skipped. Of a field that comes twice the last counts, as protobuf has it.
/// </summary>
public readonly record struct FlightDataLayout(ByteRange Descriptor, ByteRange Header, ByteRange AppMetadata, ByteRange Body)
{
    private const int DescriptorField = 1;
    private const int HeaderField = 2;
    private const int AppMetadataField = 3;
    private const int BodyField = 1000;

    /// <exception cref="MalformedMessageException">The bytes are no protobuf message, or a field of FlightData has the wrong wire type.</exception>
    public static FlightDataLayout Find(ReadOnlySpan<byte> message)
    {
        FlightDataLayout layout = default;
        int at = 0;
        while (at < message.Length)
        {
            ulong tag = ReadVarint(message, ref at);
            int wireType = (int)(tag & 7);
            ByteRange value = Skip(message, wireType, ref at);
            ulong field = tag >> 3;
            if (field is DescriptorField or HeaderField or AppMetadataField or BodyField && wireType != 2)
                throw Malformed($"field {field} has wire type {wireType} where 2 (bytes) is due");
            layout = field switch
            {
                0 => throw Malformed("field number 0"),
                DescriptorField => layout with { Descriptor = value },
                HeaderField => layout with { Header = value },
                AppMetadataField => layout with { AppMetadata = value },
                BodyField => layout with { Body = value },
                _ => layout,
            };
        }

        return layout;
    }

    private static ByteRange Skip(ReadOnlySpan<byte> message, int wireType, ref int at)
    {
        ulong length;
        switch (wireType)
        {
            case 0:
                ReadVarint(message, ref at);
                return default;
            case 1:
                length = 8;
                break;
            case 2:
                length = ReadVarint(message, ref at);
                break;
            case 5:
                length = 4;
                break;
            default:
                throw Malformed($"wire type {wireType}");
        }

        if (length > (ulong)(message.Length - at))
            throw Malformed($"a field of {length} bytes where {message.Length - at} are left");
        var range = new ByteRange(at, (int)length);
        at += (int)length;
        return range;
    }

    private static ulong ReadVarint(ReadOnlySpan<byte> message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (at >= message.Length)
                throw Malformed("the message ends inside a number");
            byte next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw Malformed("a number of more than ten bytes");
    }

    private static MalformedMessageException Malformed(string what) => new($"FlightData: {what}");
}
