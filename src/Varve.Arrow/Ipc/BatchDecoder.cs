using Varve.Arrow.FlatBuffers;

namespace Varve.Arrow.Ipc;

/// <summary>
/// Reads the dictionary and batch messages of one stream, in their order (docs/formats/arrow-ipc.md). For one thread at a time: it holds the stream's
/// dictionaries.
/// </summary>
/// <remarks>
/// Sizes and counts are checked, so that every buffer is long enough for the rows that refer to it. Values are not: run
/// <c>ArrayValidation</c> over batches from outside before offsets, views, codes or text in them are trusted.
/// </remarks>
public sealed class BatchDecoder
{
    private readonly IpcLimits _limits;
    private readonly ColumnPlan[] _plans;
    private readonly DictionaryStore _dictionaries;

    /// <param name="schema">As read from the stream's schema message, which gave its dictionary columns their ids.</param>
    /// <param name="limits">Null for <see cref="IpcLimits.Default"/>.</param>
    /// <exception cref="ArrowFormatException">Two columns share a dictionary id and not its type of values.</exception>
    public BatchDecoder(Schema schema, IpcLimits? limits = null)
    {
        Schema = schema;
        _limits = limits ?? IpcLimits.Default;
        _plans = ColumnPlan.Of(schema, out Dictionary<long, ColumnPlan> dictionaries);
        _dictionaries = new DictionaryStore(dictionaries, _limits);
    }

    public Schema Schema { get; }

    /// <summary>What the dictionaries that arrived so far keep in memory.</summary>
    public long DictionaryBytes => _dictionaries.Bytes;

    /// <summary>
    /// Reads one message. The columns refer to the body's memory where it lies right, so the body must live and stay unchanged with them.
    /// </summary>
    /// <param name="header">The bare Message flatbuffer.</param>
    /// <param name="body">The body, padding included.</param>
    /// <returns>The batch, or null when the message was a dictionary.</returns>
    /// <exception cref="ArrowFormatException">Damaged, beyond the limits, not of this schema, or compressed by a codec that is not
    /// installed.</exception>
    public RecordBatch? Decode(ReadOnlySpan<byte> header, ReadOnlyMemory<byte> body)
    {
        if (header.Length > _limits.MaxMetadataBytes)
        {
            throw new ArrowFormatException(
                $"the batch message has {header.Length} bytes of metadata, more than the limit of {_limits.MaxMetadataBytes}");
        }

        if (body.Length > _limits.MaxBodyBytes)
            throw new ArrowFormatException($"the batch message has a body of {body.Length} bytes, more than the limit of {_limits.MaxBodyBytes}");
        Message message = Message.Read(header);
        switch (message.Kind)
        {
            case MessageKind.RecordBatch:
                return DecodeBatch(message.Header, body);
            case MessageKind.DictionaryBatch:
                DecodeDictionary(message.Header, body, mayReplace: true);
                return null;
            default:
                throw new ArrowFormatException($"expected a record batch or a dictionary and found a message of kind {message.Kind}");
        }
    }

    /// <summary>As <see cref="Decode"/>, of a dictionary message of a file, where each dictionary may come only once, save for deltas.</summary>
    internal void DecodeFileDictionary(ReadOnlySpan<byte> header, ReadOnlyMemory<byte> body)
    {
        Message message = Message.Read(header);
        if (message.Kind != MessageKind.DictionaryBatch)
            throw new ArrowFormatException($"expected a dictionary and found a message of kind {message.Kind}");
        DecodeDictionary(message.Header, body, mayReplace: false);
    }

    private RecordBatch DecodeBatch(FlatTable batch, ReadOnlyMemory<byte> body)
    {
        var reader = new ColumnReader(batch, body, _limits);
        var columns = new ArrayData[_plans.Length];
        for (int i = 0; i < columns.Length; i++)
            columns[i] = _dictionaries.Attach(reader.ReadTopLevel(_plans[i]), _plans[i]);
        reader.End();
        return new RecordBatch(Schema, reader.RowCount, columns);
    }

    private void DecodeDictionary(FlatTable dictionary, ReadOnlyMemory<byte> body, bool mayReplace)
    {
        long id = dictionary.Int64(Slots.DictionaryId);
        bool isDelta = dictionary.Bool(Slots.DictionaryIsDelta);
        ColumnPlan plan = _dictionaries.PlanOf(id);
        FlatTable data = dictionary.Table(Slots.DictionaryData);
        if (data.IsNull)
            throw new ArrowFormatException($"the dictionary message of column {plan.Path} has no data");
        if (!mayReplace && !isDelta && _dictionaries.Has(id))
            throw new ArrowFormatException($"the file holds a second dictionary for column {plan.Path} (id {id}), which only streams may");
        var reader = new ColumnReader(data, body, _limits);
        ArrayData values = reader.ReadTopLevel(plan);
        reader.End();
        _dictionaries.Accept(id, values, isDelta, body.Length);
    }
}
