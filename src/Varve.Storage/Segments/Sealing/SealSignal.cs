using Varve.Storage.Streams;

namespace Varve.Storage.Segments.Sealing;

/// <summary>
/// Wakes the background when there may be something to do: the sequencer lets it look at every stream that it publishes, and at the memory in use.
/// Any thread wakes; one waits.
/// </summary>
internal sealed class SealSignal(SealLimits limits)
{
    private readonly object _gate = new();
    private volatile bool _isSet = true;

    public void Set()
    {
        if (_isSet)
            return;
        lock (_gate)
        {
            _isSet = true;
            Monitor.Pulse(_gate);
        }
    }

    public void Look(StreamHead head)
    {
        if (head.EndOffset - head.SealedEnd >= limits.Rows || head.TailBytes >= limits.Bytes)
            Set();
    }

    /// <param name="usedBytes">The memory that rows take.</param>
    public void Look(long usedBytes)
    {
        if (usedBytes > limits.PressureBytes)
            Set();
    }

    /// <summary>Waits until it is set, and takes it back: what sets it from then on wakes again.</summary>
    public void Wait()
    {
        lock (_gate)
        {
            while (!_isSet)
                Monitor.Wait(_gate);
            _isSet = false;
        }
    }

    /// <summary>Takes it back. False when it was not set.</summary>
    public bool TryTake()
    {
        bool wasSet = _isSet;
        _isSet = false;
        return wasSet;
    }
}
