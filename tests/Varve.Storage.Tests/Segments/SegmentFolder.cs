using Varve.Storage.Keys;
using Varve.Storage.Segments;
using Varve.Testing;

namespace Varve.Storage.Tests.Segments;

/// <summary>A scratch directory with segment files in it. One thread.</summary>
internal sealed class SegmentFolder : IDisposable
{
    private readonly TempDirectory _directory = new("segments");
    private int _written;

    public SegmentMeter Meter { get; } = new();

    public SegmentCache Cache => field ??= new SegmentCache(64 << 20, Meter);

    /// <summary>The file written last.</summary>
    public string LastPath => PathOf(_written);

    public SegmentInfo LastInfo { get; private set; } = null!;

    public string PathOf(int number) => _directory.File($"{number:D10}.seg");

    /// <summary>Writes the rows as the next segment and opens it.</summary>
    public SegmentFile Write(MemorySource rows, StreamKey? key = null)
    {
        key ??= SegmentTesting.Key;
        _written++;
        LastInfo = SegmentTesting.Write(LastPath, rows, key, segmentId: _written);
        return SegmentTesting.Open(LastPath, LastInfo, rows.Schema, key, Cache);
    }

    public void Dispose()
    {
        Meter.Dispose();
        _directory.Dispose();
    }
}
