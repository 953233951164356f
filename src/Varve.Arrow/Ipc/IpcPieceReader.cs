namespace Varve.Arrow.Ipc;

/// <summary>
/// Reads an Arrow IPC stream that arrives in pieces of whole messages, such as one piece per request of a call. The schema opens the first piece;
/// later ones may leave it out, repeat it, or bring another. For one thread.
/// </summary>
public sealed class IpcPieceReader(IpcLimits? limits = null)
{
    private readonly IpcLimits _limits = limits ?? IpcLimits.Default;
    private BatchDecoder? _decoder;

    /// <summary>The schema in force; null before the first.</summary>
    public Schema? Schema => _decoder?.Schema;

    /// <summary>What the dictionaries that arrived so far keep in memory.</summary>
    public long DictionaryBytes => _decoder?.DictionaryBytes ?? 0;

    /// <summary>The batches of one piece, which refer to its memory. An end mark ends the piece.</summary>
    /// <exception cref="ArrowFormatException">
    /// The piece is damaged, ends inside a message, is beyond the limits, or no schema came before its first batch.
    /// </exception>
    public IReadOnlyList<RecordBatch> Read(ReadOnlyMemory<byte> piece)
    {
        var batches = new List<RecordBatch>();
        using var source = new MemoryMessageSource(piece, _limits);
        while (source.TryRead(out ReadOnlyMemory<byte> header, out ReadOnlyMemory<byte> body))
        {
            if (Message.Read(header.Span).Kind == MessageKind.Schema)
                _decoder = new BatchDecoder(SchemaMessage.DecodeBare(header.Span, _limits), _limits);
            else if (_decoder is null)
                throw new ArrowFormatException("expected an Arrow IPC stream to open with its schema and found another message");
            else if (_decoder.Decode(header.Span, body) is { } batch)
                batches.Add(batch);
        }

        return batches;
    }
}
