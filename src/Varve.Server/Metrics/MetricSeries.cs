namespace Varve.Server.Metrics;

/// <summary>
/// The value of one metric under one set of labels: a number, or the buckets and sum of a histogram. Any thread may add; a reader sees a moment
/// between two additions of each number, not of all together.
/// </summary>
internal sealed class MetricSeries(string labels, double[] boundaries)
{
    private readonly long[] _bucketCounts = new long[boundaries.Length + 1];
    private long _valueBits;

    /// <summary>Ready to print, without braces; sorted by name; empty: none.</summary>
    public string Labels { get; } = labels;

    /// <summary>False for a series of an observed instrument that was not reported at the last look.</summary>
    public bool IsPresent { get; set; } = true;

    /// <summary>The value; for a histogram the sum of what was recorded.</summary>
    public double Value
    {
        get => BitConverter.Int64BitsToDouble(Volatile.Read(ref _valueBits));
        set => Volatile.Write(ref _valueBits, BitConverter.DoubleToInt64Bits(value));
    }

    /// <summary>Counts of the values in each bucket alone; the last is of values above every boundary.</summary>
    public IReadOnlyList<long> BucketCounts => _bucketCounts;

    public void Add(double amount)
    {
        long seen = Volatile.Read(ref _valueBits);
        while (true)
        {
            long wanted = BitConverter.DoubleToInt64Bits(BitConverter.Int64BitsToDouble(seen) + amount);
            long before = Interlocked.CompareExchange(ref _valueBits, wanted, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }

    public void Record(double value)
    {
        int at = Array.BinarySearch(boundaries, value);
        Interlocked.Increment(ref _bucketCounts[at >= 0 ? at : ~at]);
        Add(value);
    }
}
