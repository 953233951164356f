using System.Diagnostics.Metrics;

namespace Varve.Storage;

/// <summary>A number that only grows: a counter of a meter, whose total can be read as well. One thread at a time adds; any thread reads.</summary>
internal sealed class Tally(Meter meter, string name, string unit, string description)
{
    private readonly Counter<long> _counter = meter.CreateCounter<long>(name, unit, description);
    private long _total;

    public long Total => Volatile.Read(ref _total);

    public void Add(long count)
    {
        Volatile.Write(ref _total, _total + count);
        _counter.Add(count);
    }
}
