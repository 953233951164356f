namespace Varve.Arrow.Ipc;

/// <summary>What the reader at the other end of one stream has been sent of each dictionary. For one thread.</summary>
public sealed class DictionaryTracker
{
    /// <exception cref="ArrowFormatException">Two columns share a dictionary id and not its type of values.</exception>
    public DictionaryTracker(Schema schema)
        : this(schema, mayReplace: true)
    {
    }

    internal DictionaryTracker(Schema schema, bool mayReplace)
    {
        MayReplace = mayReplace;
        Plans = ColumnPlan.Of(schema, out _);
        HasDictionaries = Plans.Any(p => p.HasDictionary);
    }

    /// <summary>Whether a dictionary may be sent again with other values: in streams, not in files.</summary>
    internal bool MayReplace { get; }

    internal ColumnPlan[] Plans { get; }

    internal bool HasDictionaries { get; }

    internal Dictionary<long, ArrayData> Sent { get; } = [];
}
