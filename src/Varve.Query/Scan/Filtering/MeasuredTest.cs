namespace Varve.Query.Scan.Filtering;

/// <summary>
/// A test and which share of the rows it let through. Thread-safe: the share is a guide, so threads that overtake each other do no harm.
/// </summary>
internal sealed class MeasuredTest(RowTest test)
{
    /// <summary>The weight of the expectation, in rows: about one block.</summary>
    private const double ExpectedRows = 65_536;

    private double _tried = ExpectedRows;
    private double _passed = ExpectedRows * test.ExpectedShare;

    public RowTest Test => test;

    public double Share => Volatile.Read(ref _passed) / Volatile.Read(ref _tried);

    /// <summary>What is longer ago counts less, so that the share follows the rows.</summary>
    public void Measured(int tried, int passed)
    {
        Volatile.Write(ref _tried, (_tried / 2) + tried);
        Volatile.Write(ref _passed, (_passed / 2) + passed);
    }
}
