using Varve.Arrow.Values;

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
            if (!ReferenceEquals(_inBatch[id], values) && !ArrayEquality.Equals(_inBatch[id], values))
            {
                throw new ArrowFormatException(
                    $"column {plan.Path} cannot be encoded: it shares dictionary {id} with another column and has other values in it");
            }

            return;
        }

        tracker.Sent.TryGetValue(id, out ArrayData? sent);
        if (ReferenceEquals(sent, values))
            return;
        int known = sent is null ? 0 : Known(sent, values, plan);
        if (sent is not null && known == values.Length)
            return;
        bool isDelta = sent is not null && known == sent.Length;
        if (sent is not null && !isDelta && !tracker.MayReplace)
        {
            throw new ArrowFormatException(
                $"column {plan.Path} cannot be written to a file: its dictionary is not that of the batches before, grown or not. " +
                "Files hold one dictionary for a column: flatten the column, or write a stream");
        }

        ArrayData message = isDelta ? values.Slice(known, values.Length - known) : values;
        _messages.Add(BatchEncoder.EncodeDictionary(id, message, isDelta, compression, plan.Path));
        tracker.Sent[id] = values;
    }

    /// <summary>How many of the values the reader has at their places: all of the shorter dictionary, or none.</summary>
    /// <remarks>Values with dictionaries of their own count as unknown: equal ones can be made of other codes, and only codes are sent.</remarks>
    private static int Known(ArrayData sent, ArrayData values, ColumnPlan plan)
    {
        if (plan.Values!.HasDictionary)
            return 0;
        int common = Math.Min(sent.Length, values.Length);
        return ArrayEquality.Equals(sent.Slice(0, common), values.Slice(0, common)) ? common : 0;
    }
}
