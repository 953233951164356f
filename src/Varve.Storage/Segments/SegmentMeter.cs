using System.Diagnostics.Metrics;

namespace Varve.Storage.Segments;

/// <summary>Counts what is read of segments, also as instruments of the meter <c>Varve.Storage</c>. Any thread.</summary>
internal sealed class SegmentMeter : IDisposable
{
    private readonly Meter _meter = new(StorageMeter.Name);
    private long _pagesRead;
    private long _bytesRead;
    private long _pagesDecoded;

    public SegmentMeter()
    {
        _meter.CreateObservableCounter("varve.storage.segment.pages.read", () => PagesRead, "{page}", "Pages read from segments and opened");
        _meter.CreateObservableCounter("varve.storage.segment.bytes.read", () => BytesRead, "By", "Bytes of pages read from segments");
        _meter.CreateObservableCounter("varve.storage.segment.pages.decoded", () => PagesDecoded, "{page}", "Columns of blocks decoded");
    }

    /// <summary>Pages read and opened, of any kind.</summary>
    public long PagesRead => Interlocked.Read(ref _pagesRead);

    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>Columns of blocks decoded, those that need no page of the file included.</summary>
    public long PagesDecoded => Interlocked.Read(ref _pagesDecoded);

    public void Read(int bytes)
    {
        Interlocked.Increment(ref _pagesRead);
        Interlocked.Add(ref _bytesRead, bytes);
    }

    public void Decoded() => Interlocked.Increment(ref _pagesDecoded);

    public void Dispose() => _meter.Dispose();
}
