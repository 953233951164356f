using Varve.Arrow.FlatBuffers;
using Varve.Arrow.Ipc;

namespace Varve.Arrow.Tests.Ipc;

/// <summary>Message flatbuffers with contents of one's choice, as a broken or hostile writer would make them.</summary>
internal sealed record CraftedMessage
{
    public short Version { get; init; } = 4;

    public MessageKind Kind { get; init; } = MessageKind.RecordBatch;

    public long Rows { get; init; }

    /// <summary>Pairs of rows and nulls.</summary>
    public long[] Nodes { get; init; } = [];

    /// <summary>Pairs of offset and length.</summary>
    public long[] Buffers { get; init; } = [];

    public long[] VariadicCounts { get; init; } = [];

    public byte? Codec { get; init; }

    public byte CompressionMethod { get; init; }

    public long? DictionaryId { get; init; }

    public bool IsDelta { get; init; }

    public (string Key, string Value)? Metadata { get; init; }

    public byte[] Bytes()
    {
        var builder = new FlatBuilder();
        int header = Batch(builder);
        if (DictionaryId is { } id)
        {
            builder.StartTable(3);
            builder.Int64(0, id);
            builder.Reference(1, header);
            builder.Bool(2, IsDelta);
            header = builder.EndTable();
        }

        int metadata = 0;
        if (Metadata is { } pair)
        {
            int key = builder.String(pair.Key);
            int value = builder.String(pair.Value);
            builder.StartTable(2);
            builder.Reference(0, key);
            builder.Reference(1, value);
            metadata = builder.References([builder.EndTable()]);
        }

        return Message(builder, DictionaryId is null ? Kind : MessageKind.DictionaryBatch, header, Version, metadata);
    }

    public static byte[] Message(FlatBuilder builder, MessageKind kind, int header, short version = 4, int metadata = 0)
    {
        builder.StartTable(5);
        builder.Int16(0, version);
        builder.Byte(1, (byte)kind);
        builder.Reference(2, header);
        builder.Reference(4, metadata);
        return builder.Finish(builder.EndTable()).ToArray();
    }

    private int Batch(FlatBuilder builder)
    {
        int nodes = builder.Int64Structs(Nodes, 2);
        int buffers = builder.Int64Structs(Buffers, 2);
        int variadic = builder.Int64Structs(VariadicCounts, 1);
        int compression = 0;
        if (Codec is { } codec)
        {
            builder.StartTable(2);
            builder.Byte(0, codec);
            builder.Byte(1, CompressionMethod);
            compression = builder.EndTable();
        }

        builder.StartTable(5);
        builder.Int64(0, Rows);
        builder.Reference(1, nodes);
        builder.Reference(2, buffers);
        builder.Reference(3, compression);
        builder.Reference(4, variadic);
        return builder.EndTable();
    }
}
