using System.Diagnostics.Metrics;

namespace Varve.Benchmarks.Query;

/// <summary>Bytes that were read of segments since this was made, by the engine that was opened first.</summary>
internal sealed class SegmentReads : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly long _before;
    private long _bytes;

    public SegmentReads()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "varve.storage.segment.bytes.read")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => _bytes = value);
        _listener.Start();
        _before = Read();
    }

    public long Bytes => Read() - _before;

    public void Dispose() => _listener.Dispose();

    private long Read()
    {
        _listener.RecordObservableInstruments();
        return _bytes;
    }
}
