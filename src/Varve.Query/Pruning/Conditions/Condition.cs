using Varve.Query.Scan;

namespace Varve.Query.Pruning.Conditions;

/// <summary>
/// What the rows of a stream must fulfil for a statement to need them. Used three ways: on the zones of groups and of blocks, on the values of
/// dictionaries, and on rows (<see cref="Scan.Filtering.RowFilter"/>). A condition may only err by keeping too much: DuckDB applies its own filter
/// to what it is given. Values are in the unit in which the column is stored. Immutable.
/// </summary>
internal abstract record Condition
{
    /// <summary>For what is not understood: any row may be needed.</summary>
    public static readonly Condition Always = new AnyRow();

    /// <summary>Surely no row is needed, such as for a comparison with null.</summary>
    public static readonly Condition Never = new NoRow();

    /// <summary>The one column that it speaks about; null where there is none or more than one.</summary>
    public virtual ScanColumn? OnlyColumn => null;

    /// <summary>False only where surely none of the rows is needed.</summary>
    public abstract bool MayHold(RowZones rows);

    /// <summary>Whether a row with this value may be needed; for a condition on one column of text or binary.</summary>
    public abstract bool MayHold(ReadOnlySpan<byte> value);

    /// <summary>Whether a row in which the column is null may be needed; for a condition on one column.</summary>
    public abstract bool MayHoldNull { get; }

    /// <summary>The one column that all parts speak about, or null.</summary>
    protected static ScanColumn? CommonColumn(IReadOnlyList<Condition> parts)
    {
        ScanColumn? first = parts[0].OnlyColumn;
        foreach (Condition part in parts)
        {
            if (part.OnlyColumn != first)
                return null;
        }

        return first;
    }

    private sealed record AnyRow : Condition
    {
        public override bool MayHoldNull => true;

        public override bool MayHold(RowZones rows) => true;

        public override bool MayHold(ReadOnlySpan<byte> value) => true;
    }

    private sealed record NoRow : Condition
    {
        public override bool MayHoldNull => false;

        public override bool MayHold(RowZones rows) => false;

        public override bool MayHold(ReadOnlySpan<byte> value) => false;
    }
}
