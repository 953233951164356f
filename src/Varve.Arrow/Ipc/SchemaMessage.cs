using System.Buffers.Binary;
using Varve.Arrow.FlatBuffers;

namespace Varve.Arrow.Ipc;

/// <summary>A schema as an IPC message (docs/formats/arrow-ipc.md).</summary>
public static class SchemaMessage
{
    /// <summary>The bare Message flatbuffer: FlightData's data_header. Its length is a multiple of 8.</summary>
    public static byte[] Encode(Schema schema) => EncodeBare(schema).ToArray();

    /// <summary>FFFFFFFF, int32 length, flatbuffer: what FlightInfo.schema and its likes hold, and what opens a stream.</summary>
    public static byte[] EncodeEncapsulated(Schema schema)
    {
        ReadOnlySpan<byte> bare = EncodeBare(schema).Span;
        byte[] message = new byte[Encapsulation.PrefixBytes + bare.Length];
        Encapsulation.WritePrefix(message, bare.Length);
        bare.CopyTo(message.AsSpan(Encapsulation.PrefixBytes));
        return message;
    }

    /// <summary>Reads the bare form, the encapsulated one, and the one of Arrow before 0.15 (int32 length, flatbuffer).</summary>
    /// <exception cref="ArrowFormatException">Not a schema, damaged, beyond the limits, or of a type that is not read.</exception>
    public static Schema Decode(ReadOnlySpan<byte> message, IpcLimits? limits = null) => DecodeBare(Strip(message), limits ?? IpcLimits.Default);

    internal static ReadOnlyMemory<byte> EncodeBare(Schema schema)
    {
        var builder = new FlatBuilder();
        return Message.Write(builder, MessageKind.Schema, SchemaWriter.Write(builder, schema), bodyLengthBytes: 0);
    }

    internal static Schema DecodeBare(ReadOnlySpan<byte> flatbuffer, IpcLimits limits)
    {
        if (flatbuffer.Length > limits.MaxMetadataBytes)
            throw new ArrowFormatException($"the schema message has {flatbuffer.Length} bytes, more than the limit of {limits.MaxMetadataBytes}");
        Message message = Message.Read(flatbuffer);
        if (message.Kind != MessageKind.Schema)
            throw new ArrowFormatException($"expected an Arrow schema and found a message of kind {message.Kind}");
        return new SchemaReader(limits).Read(message.Header);
    }

    private static ReadOnlySpan<byte> Strip(ReadOnlySpan<byte> message)
    {
        if (message.Length < 8)
            throw new ArrowFormatException($"expected an Arrow schema message and found {message.Length} bytes");
        uint first = BinaryPrimitives.ReadUInt32LittleEndian(message);
        if (first == Encapsulation.Continuation)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(message[4..]);
            if (length < 0 || length > message.Length - 8)
                throw new ArrowFormatException($"the schema message claims {length} bytes of metadata, {message.Length - 8} are there");
            return message.Slice(8, length);
        }

        // A bare flatbuffer opens with its root's place, which is near its start; a length instead reaches to the end (an end mark of zeros
        // may follow).
        return first == message.Length - 4 || first == message.Length - 8 ? message.Slice(4, (int)first) : message;
    }
}
