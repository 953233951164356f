using Varve.Query.Pruning.Conditions;

namespace Varve.Query.Scan.Filtering;

/// <summary>
/// Drops the rows of a block that a statement does not need, before SQL sees them. The parts that all must hold are tried in the order of the share
/// of rows that they let through so far. One that lets more than 80 % through drops too little to be worth its time: it is tried again in every 16th
/// block only, in case that the rows have changed. Thread-safe.
/// </summary>
internal sealed class RowFilter
{
    private const double UselessShare = 0.8;
    private const int RetryEvery = 16;

    private readonly MeasuredTest[] _tests;
    private int _blockCount;

    public RowFilter(Condition condition)
    {
        IReadOnlyList<Condition> parts = condition is AllOf all ? all.Parts : [condition];
        _tests = [.. parts.Select(RowTests.Of).OfType<RowTest>().Select(t => new MeasuredTest(t))];
    }

    /// <summary>Whether there is nothing to test.</summary>
    public bool IsEmpty => _tests.Length == 0;

    /// <summary>Takes rows out of the set.</summary>
    public void Narrow(BlockRows rows, RowSet left)
    {
        bool isRetry = Interlocked.Increment(ref _blockCount) % RetryEvery == 0;
        MeasuredTest[] inOrder = _tests.Length == 1 ? _tests : [.. _tests.OrderBy(t => t.Share)];
        int count = left.RowCount;
        foreach (MeasuredTest test in inOrder)
        {
            if (test.Share > UselessShare && !isRetry)
                continue;
            test.Test.Narrow(rows, left);
            int passed = left.Count;
            test.Measured(count, passed);
            if (passed == 0)
                return;
            count = passed;
        }
    }
}
