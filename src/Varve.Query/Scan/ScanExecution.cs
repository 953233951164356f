using Varve.Query.Scan.Filtering;
using Varve.Storage;

namespace Varve.Query.Scan;

/// <summary>One run of a scan: its blocks, and what its threads share. Thread-safe.</summary>
/// <param name="binding">What is scanned.</param>
/// <param name="projection">The columns that the statement asks for, in its order.</param>
/// <param name="queue">The blocks.</param>
/// <param name="filter">Drops rows that the statement does not need.</param>
internal sealed class ScanExecution(ScanBinding binding, ScanColumn[] projection, BlockQueue queue, RowFilter filter) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<ScanPins> _retired = [];
    private bool _isDisposed;

    public ScanBinding Binding => binding;

    public ScanColumn[] Projection => projection;

    public RowFilter Filter => filter;

    /// <summary>The next block, or null when all are taken.</summary>
    /// <exception cref="StorageException">A segment is damaged.</exception>
    public ScanBlock? Take() => queue.Take();

    /// <summary>Takes over what a thread holds in place: its strings may be looked at until this run ends.</summary>
    public void Retire(ScanPins pins)
    {
        lock (_lock)
        {
            if (!_isDisposed)
            {
                _retired.Add(pins);
                return;
            }
        }

        pins.Dispose();
    }

    public void Dispose()
    {
        lock (_lock)
            _isDisposed = true;
        foreach (ScanPins pins in _retired)
            pins.Dispose();
    }
}
