using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Varve.Arrow.FlatBuffers;

namespace Varve.Arrow.Ipc;

/// <summary>Writes an Arrow IPC file (Feather version 2). For one thread.</summary>
public sealed class IpcFileWriter : IDisposable
{
    private readonly Stream _stream;
    private readonly MessageSink _sink;
    private readonly Schema _schema;
    private readonly BodyCompression _compression;
    private readonly bool _leaveOpen;
    private readonly DictionaryTracker _dictionaries;
    private readonly List<Block> _dictionaryBlocks = [];
    private readonly List<Block> _batchBlocks = [];

    /// <summary>Writes the head and the schema at once.</summary>
    /// <param name="stream">An empty one; disposed with the writer unless <paramref name="leaveOpen"/>.</param>
    /// <param name="schema">Of every batch.</param>
    /// <param name="compression">Of the bodies.</param>
    /// <param name="leaveOpen">Whether the stream stays the caller's.</param>
    public IpcFileWriter(Stream stream, Schema schema, BodyCompression compression = BodyCompression.None, bool leaveOpen = false)
    {
        _stream = stream;
        _sink = new MessageSink(stream);
        _schema = schema;
        _compression = compression;
        _leaveOpen = leaveOpen;
        _dictionaries = new DictionaryTracker(schema, mayReplace: false);
        _sink.WriteRaw(FileFormat.Magic);
        _sink.WriteRaw(stackalloc byte[FileFormat.HeadBytes - FileFormat.Magic.Length]);
        _sink.Write(new BatchMessage(SchemaMessage.EncodeBare(schema), [], 0));
    }

    /// <exception cref="ArgumentException">The batch is of another schema.</exception>
    /// <exception cref="ArrowFormatException">
    /// A column's buffers do not fit its rows, the codec's library is missing, or a dictionary has other values than in the batches before: files
    /// hold one dictionary per column, which may only grow. Flatten dictionary columns, or write a stream.
    /// </exception>
    public void Write(RecordBatch batch)
    {
        SchemaDifference.Refuse(batch, _schema, "file");
        foreach (BatchMessage dictionary in BatchEncoder.EncodeDictionaries(batch, _dictionaries, _compression))
            _dictionaryBlocks.Add(_sink.Write(dictionary));
        _batchBlocks.Add(_sink.Write(BatchEncoder.Encode(batch, _compression)));
    }

    /// <summary>Writes end mark and footer, and flushes.</summary>
    public void Finish()
    {
        _sink.WriteRaw(Encapsulation.EndOfStream);
        ReadOnlyMemory<byte> footer = Footer();
        _sink.WriteRaw(footer.Span);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.Length);
        _sink.WriteRaw(length);
        _sink.WriteRaw(FileFormat.Magic);
        _stream.Flush();
    }

    /// <summary>Does not finish the file: without <see cref="Finish"/> it has no footer, and readers refuse it.</summary>
    public void Dispose()
    {
        if (!_leaveOpen)
            _stream.Dispose();
    }

    private static int Blocks(FlatBuilder builder, List<Block> blocks)
    {
        // A block is {int64, int32, 4 bytes of padding, int64}; little-endian, the middle one is an int64 of the same value.
        var values = new List<long>(blocks.Count * 3);
        foreach (Block block in blocks)
            values.AddRange([block.Offset, block.MetadataBytes, block.BodyBytes]);
        return builder.Int64Structs(CollectionsMarshal.AsSpan(values), width: 3);
    }

    private ReadOnlyMemory<byte> Footer()
    {
        var builder = new FlatBuilder();
        int batches = Blocks(builder, _batchBlocks);
        int dictionaries = Blocks(builder, _dictionaryBlocks);
        int schema = SchemaWriter.Write(builder, _schema);
        builder.StartTable(Slots.FooterCount);
        builder.Reference(Slots.FooterSchema, schema);
        builder.Reference(Slots.FooterDictionaries, dictionaries);
        builder.Reference(Slots.FooterBatches, batches);
        builder.Int16(Slots.FooterVersion, Message.CurrentVersion);
        return builder.Finish(builder.EndTable());
    }
}
