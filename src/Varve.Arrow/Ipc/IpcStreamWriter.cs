namespace Varve.Arrow.Ipc;

/// <summary>Writes an Arrow IPC stream: schema, batches each after the dictionaries that it needs, end mark. For one thread.</summary>
public sealed class IpcStreamWriter : IDisposable
{
    private readonly Stream _stream;
    private readonly MessageSink _sink;
    private readonly Schema _schema;
    private readonly BodyCompression _compression;
    private readonly bool _leaveOpen;
    private readonly DictionaryTracker _dictionaries;

    /// <summary>Writes the schema at once.</summary>
    /// <param name="stream">Written from where it stands; disposed with the writer unless <paramref name="leaveOpen"/>.</param>
    /// <param name="schema">Of every batch.</param>
    /// <param name="compression">Of the bodies.</param>
    /// <param name="leaveOpen">Whether the stream stays the caller's.</param>
    public IpcStreamWriter(Stream stream, Schema schema, BodyCompression compression = BodyCompression.None, bool leaveOpen = false)
    {
        _stream = stream;
        _sink = new MessageSink(stream);
        _schema = schema;
        _compression = compression;
        _leaveOpen = leaveOpen;
        _dictionaries = new DictionaryTracker(schema);
        _sink.Write(new BatchMessage(SchemaMessage.EncodeBare(schema), [], 0));
    }

    /// <exception cref="ArgumentException">The batch is of another schema.</exception>
    /// <exception cref="ArrowFormatException">A column's buffers do not fit its rows, or the codec's library is missing.</exception>
    public void Write(RecordBatch batch)
    {
        SchemaDifference.Refuse(batch, _schema, "stream");
        foreach (BatchMessage dictionary in BatchEncoder.EncodeDictionaries(batch, _dictionaries, _compression))
            _sink.Write(dictionary);
        _sink.Write(BatchEncoder.Encode(batch, _compression));
    }

    /// <summary>Writes the end mark and flushes.</summary>
    public void Finish()
    {
        _sink.WriteRaw(Encapsulation.EndOfStream);
        _stream.Flush();
    }

    /// <summary>Does not finish the stream: without <see cref="Finish"/> it has no end mark.</summary>
    public void Dispose()
    {
        if (!_leaveOpen)
            _stream.Dispose();
    }
}
