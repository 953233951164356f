namespace Varve.Query.Scan.Filtering;

/// <summary>Drops rows of blocks that do not fulfil a condition. May keep too much. Thread-safe: one serves all threads of a scan.</summary>
internal abstract class RowTest
{
    /// <summary>Which share of rows passes, before anything was measured; the less, the sooner it is tried.</summary>
    public abstract double ExpectedShare { get; }

    /// <summary>Takes rows out of the set.</summary>
    /// <param name="rows">The block.</param>
    /// <param name="left">The rows that are left so far, one at least.</param>
    public abstract void Narrow(BlockRows rows, RowSet left);
}
