namespace Varve.Arrow.Ipc;

/// <summary>Finds the dictionaries in one batch, inner before outer, and encodes those that were not sent yet. For one batch.</summary>
internal sealed class DictionaryWriter(DictionaryTracker tracker, BodyCompression compression)
{
    private readonly List<BatchMessage> _messages = [];
    private readonly Dictionary<long, ArrayData> _inBatch = [];

    public IReadOnlyList<BatchMessage> Messages => _messages;

    public void Write(ArrayData column, ColumnPlan plan)
    {
        if (!plan.HasDictionary)
            return;
        if (plan.DictionaryId is { } id)
        {
            ArrayData values = column.Dictionary
                ?? throw new ArrowFormatException($"column {plan.Path} cannot be encoded: it is of {column.Type.Name} and has no dictionary");
            Write(values, plan.Values!);
            Send(id, values, plan);
            return;
        }

        for (int i = 0; i < plan.Children.Length; i++)
            Write(column.Children[i], plan.Children[i]);
    }

    private void Send(long id, ArrayData values, ColumnPlan plan)
    {
        if (!_inBatch.TryAdd(id, values))
        {
            if (!ReferenceEquals(_inBatch[id], values))
                throw new ArrowFormatException($"column {plan.Path} cannot be encoded: it shares dictionary {id} with another column and has other values in it");
            return;
        }

        if (tracker.Sent.TryGetValue(id, out ArrayData? sent) && ReferenceEquals(sent, values))
            return;
        if (sent is not null && !tracker.MayReplace)
            throw new ArrowFormatException($"column {plan.Path} cannot be written to a file: its dictionary is not the one of the batches before");
        _messages.Add(BatchEncoder.EncodeDictionary(id, values, isDelta: false, compression, plan.Path));
        tracker.Sent[id] = values;
    }
}
