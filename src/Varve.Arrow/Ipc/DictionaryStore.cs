using Varve.Arrow.Builders;
using Varve.Arrow.Validation;

namespace Varve.Arrow.Ipc;

/// <summary>
/// The dictionaries that a stream has sent so far. A message replaces one or appends to it; arrays handed out before keep the values they had.
/// Dictionaries inside the values of others are put together when a batch asks, because they may arrive in any order. For one thread.
/// </summary>
internal sealed class DictionaryStore(Dictionary<long, ColumnPlan> plans, IpcLimits limits)
{
    private readonly Dictionary<long, Entry> _entries = [];

    /// <summary>What the dictionaries take, with the message bodies that they lie in.</summary>
    public long Bytes { get; private set; }

    /// <summary>Grows with every dictionary that arrives: what was put together before it may be stale.</summary>
    private long _version;

    /// <summary>The plan of the values of a dictionary that a message brings.</summary>
    public ColumnPlan PlanOf(long id) => plans.TryGetValue(id, out ColumnPlan? plan)
        ? plan
        : throw new ArrowFormatException($"a dictionary with id {id} arrived, which no column of the schema uses");

    public bool Has(long id) => _entries.ContainsKey(id);

    /// <param name="id">One of the schema's.</param>
    /// <param name="values">What the message holds, as the plan's wire type.</param>
    /// <param name="isDelta">Whether the values go behind those that are there.</param>
    /// <param name="bodyBytes">The body that the values lie in, which they keep in memory; a delta is copied out of it.</param>
    public void Accept(long id, ArrayData values, bool isDelta, int bodyBytes)
    {
        ColumnPlan plan = PlanOf(id);
        _entries.TryGetValue(id, out Entry? before);
        if (isDelta && before is null)
            throw new ArrowFormatException($"a delta of the dictionary of column {plan.Path} (id {id}) arrived before the dictionary itself");
        long bytes = isDelta ? before!.Bytes + SizeOf(values) : Math.Max(bodyBytes, SizeOf(values));
        long all = Bytes - (before?.Bytes ?? 0) + bytes;
        if (all > limits.MaxDictionaryBytes)
        {
            throw new ArrowFormatException(
                $"the dictionary of column {plan.Path} brings the stream above its limit of {limits.MaxDictionaryBytes} bytes")
            {
                IsBeyondLimit = true,
            };
        }

        Entry after = isDelta ? Append(before!, values, plan) : new Entry { Values = values };
        after.Bytes = bytes;
        _entries[id] = after;
        Bytes = all;
        _version++;
    }

    /// <summary>Turns a column as the message held it into one of the schema's type, with its dictionaries.</summary>
    public ArrayData Attach(ArrayData column, ColumnPlan plan)
    {
        if (!plan.HasDictionary)
            return column;
        if (plan.DictionaryId is { } id)
        {
            ArrayData values = Resolve(id, plan, isNeeded: column.NullCount < column.Length);
            return new ArrayData(plan.Type, column.Length, column.NullCount, column.Buffers, null, values, column.Offset);
        }

        var children = new ArrayData[column.Children.Length];
        for (int i = 0; i < children.Length; i++)
            children[i] = Attach(column.Children[i], plan.Children[i]);
        return new ArrayData(plan.Type, column.Length, column.NullCount, column.Buffers, children, null, column.Offset);
    }

    /// <summary>Appends a delta. The rows are checked first: appending takes them apart, and would make valid garbage of invalid ones.</summary>
    private static Entry Append(Entry before, ArrayData values, ColumnPlan plan)
    {
        var field = new Field(plan.Path.Text(), plan.WireType);
        ArrayValidation.Validate(field, values);
        ColumnAppender? grown = before.Grown;
        if (grown is null)
        {
            ArrayValidation.Validate(field, before.Values);
            grown = ColumnAppender.Create(plan.WireType, before.Values.Length + values.Length);
            grown.Append(before.Values);
        }

        if (!grown.CanAppend(values))
            throw new ArrowFormatException($"the dictionary of column {plan.Path} passes the 2 GiB that one array can hold");
        grown.Append(values);
        ArrayData all = grown.Snapshot(grown.Length);
        all.IsChecked = true;
        return new Entry { Grown = grown, Values = all };
    }

    /// <summary>
    /// The values of a dictionary; none where no code refers to them yet, because a column of nulls may come before its dictionary.
    /// </summary>
    private ArrayData Resolve(long id, ColumnPlan column, bool isNeeded)
    {
        if (_entries.TryGetValue(id, out Entry? entry))
        {
            if (entry.Resolved is null || entry.ResolvedVersion != _version)
                entry.Resolved = Attach(entry.Values, PlanOf(id));
            entry.ResolvedVersion = _version;
            return entry.Resolved;
        }

        if (isNeeded)
            throw new ArrowFormatException($"column {column.Path} refers to the dictionary with id {id}, which has not arrived");
        return Attach(ColumnAppender.Nulls(column.Values!.WireType, 0), column.Values);
    }

    private static long SizeOf(ArrayData array)
    {
        long bytes = 0;
        foreach (ReadOnlyMemory<byte> buffer in array.Buffers)
            bytes += buffer.Length;
        foreach (ArrayData child in array.Children)
            bytes += SizeOf(child);
        return bytes;
    }

    private sealed class Entry
    {
        /// <summary>As the plan's wire type.</summary>
        public required ArrayData Values { get; init; }

        /// <summary>What deltas are appended to, once there was one: appending costs no copy of the values before.</summary>
        public ColumnAppender? Grown { get; init; }

        public long Bytes { get; set; }

        /// <summary>The values with their own dictionaries.</summary>
        public ArrayData? Resolved { get; set; }

        /// <summary>The store's version that <see cref="Resolved"/> is of.</summary>
        public long ResolvedVersion { get; set; }
    }
}
