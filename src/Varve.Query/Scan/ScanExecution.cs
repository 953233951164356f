using Varve.Storage;

namespace Varve.Query.Scan;

/// <summary>One run of a scan: its chunks, handed out one at a time to the threads that ask. Thread-safe.</summary>
internal sealed class ScanExecution(ScanBinding binding, ScanColumn[] projection, IReadOnlyList<ViewChunk> chunks) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<ScanPins> _retired = [];
    private bool _isDisposed;
    private int _next;

    public ScanBinding Binding => binding;

    /// <summary>The columns that the statement asks for, in its order.</summary>
    public ScanColumn[] Projection => projection;

    public int ChunkCount => chunks.Count;

    /// <summary>The next chunk, or null when all are taken.</summary>
    public ViewChunk? Take()
    {
        int index = Interlocked.Increment(ref _next) - 1;
        return index < chunks.Count ? chunks[index] : null;
    }

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
