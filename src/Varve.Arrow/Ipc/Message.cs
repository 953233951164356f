using Varve.Arrow.FlatBuffers;

namespace Varve.Arrow.Ipc;

/// <summary>The envelope of every metadata flatbuffer: which kind of header it carries and how many bytes of body follow.</summary>
internal readonly ref struct Message
{
    /// <summary>Metadata version V5, what we write.</summary>
    public const short CurrentVersion = 4;

    /// <summary>Metadata version V4 (before Arrow 1.0): the same for every type that we read.</summary>
    private const short OldestVersion = 3;

    /// <summary>How Arrow 0.17 marked compressed bodies, before the format had a field for it.</summary>
    private static ReadOnlySpan<byte> ExperimentalCompressionKey => "ARROW:experimental_compression"u8;

    private Message(MessageKind kind, FlatTable header, long bodyLengthBytes)
    {
        Kind = kind;
        Header = header;
        BodyLengthBytes = bodyLengthBytes;
    }

    public MessageKind Kind { get; }

    public FlatTable Header { get; }

    public long BodyLengthBytes { get; }

    public static Message Read(ReadOnlySpan<byte> flatbuffer)
    {
        FlatTable message = FlatTable.Root(flatbuffer);
        CheckVersion(message.Int16(Slots.MessageVersion));
        var kind = (MessageKind)message.Byte(Slots.MessageHeaderKind);
        FlatTable header = message.Table(Slots.MessageHeader);
        if (kind is not (MessageKind.Schema or MessageKind.DictionaryBatch or MessageKind.RecordBatch))
            throw new ArrowFormatException($"cannot read an Arrow message of kind {kind}: expected a schema, a dictionary or a record batch");
        if (header.IsNull)
            throw new ArrowFormatException($"an Arrow message of kind {kind} has no header");
        long body = message.Int64(Slots.MessageBodyLength);
        if (body < 0)
            throw new ArrowFormatException($"an Arrow message of kind {kind} claims a body of {body} bytes");
        RefuseExperimentalCompression(message);
        return new Message(kind, header, body);
    }

    public static void CheckVersion(short version)
    {
        if (version is < OldestVersion or > CurrentVersion)
            throw new ArrowFormatException($"cannot read Arrow metadata of version V{version + 1}: V4 and V5 are read");
    }

    /// <summary>Wraps a header that was just written.</summary>
    public static ReadOnlyMemory<byte> Write(FlatBuilder builder, MessageKind kind, int header, long bodyLengthBytes)
    {
        builder.StartTable(Slots.MessageCount);
        builder.Int64(Slots.MessageBodyLength, bodyLengthBytes);
        builder.Reference(Slots.MessageHeader, header);
        builder.Int16(Slots.MessageVersion, CurrentVersion);
        builder.Byte(Slots.MessageHeaderKind, (byte)kind);
        return builder.Finish(builder.EndTable());
    }

    private static void RefuseExperimentalCompression(FlatTable message)
    {
        FlatVector metadata = message.Vector(Slots.MessageMetadata, 4);
        for (int i = 0; i < metadata.Count; i++)
        {
            if (metadata.Table(i).String(Slots.Key, out _).SequenceEqual(ExperimentalCompressionKey))
            {
                throw new ArrowFormatException(
                    "cannot read a body compressed in the experimental form of Arrow 0.17: write it with Arrow 1.0 or later");
            }
        }
    }
}
