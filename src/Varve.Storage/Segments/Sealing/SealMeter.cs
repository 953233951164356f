using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Varve.Storage.Segments.Sealing;

/// <summary>
/// What the background work counts, for <see cref="StorageStatistics"/> and on the engine's meter. The service's thread counts; any thread reads.
/// </summary>
internal sealed class SealMeter
{
    private readonly Tally _seals;
    private readonly Tally _sealedRows;
    private readonly Histogram<double> _sealSeconds;
    private readonly Tally _compactions;
    private readonly Tally _compactedRows;
    private readonly Histogram<double> _compactionSeconds;
    private readonly Tally _trimmedRows;
    private readonly Tally _retiredKeys;
    private readonly Counter<long> _failures;
    private long _compactedSegmentCount;
    private long _sealFailureCount;
    private long _compactionFailureCount;
    private long _damagedSegmentCount;

    public SealMeter(Meter meter)
    {
        _seals = new Tally(meter, "varve.storage.seals", "{segment}", "Segments made of tails");
        _sealedRows = new Tally(meter, "varve.storage.sealed.rows", "{row}", "Rows that went from tails into segments");
        _sealSeconds = meter.CreateHistogram<double>("varve.storage.seal.duration", "s", "From the choice of rows to their segment in the catalog");
        _compactions = new Tally(meter, "varve.storage.compactions", "{segment}", "Segments made of other segments");
        _compactedRows = new Tally(meter, "varve.storage.compacted.rows", "{row}", "Rows that were written anew");
        _compactionSeconds = meter.CreateHistogram<double>(
            "varve.storage.compaction.duration", "s", "From the choice of segments to the new one in the catalog");
        _trimmedRows = new Tally(meter, "varve.storage.trimmed.rows", "{row}", "Rows that went because they were not to be kept");
        _retiredKeys = new Tally(meter, "varve.storage.keys.retired", "{key}", "Older versions of keys that were erased");
        _failures = meter.CreateCounter<long>("varve.storage.background.failures", "{failure}", "Background work that failed, by kind");
    }

    public long SealCount => _seals.Total;

    public long SealedRowCount => _sealedRows.Total;

    public long CompactionCount => _compactions.Total;

    public long CompactedSegmentCount => Volatile.Read(ref _compactedSegmentCount);

    public long TrimmedRowCount => _trimmedRows.Total;

    public long SealFailureCount => Volatile.Read(ref _sealFailureCount);

    public long CompactionFailureCount => Volatile.Read(ref _compactionFailureCount);

    public long DamagedSegmentCount => Volatile.Read(ref _damagedSegmentCount);

    public void Sealed(long started, SegmentInfo segment)
    {
        _seals.Add(1);
        _sealedRows.Add(segment.RowCount);
        _sealSeconds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    public void Compacted(long started, int count, SegmentInfo merged)
    {
        _compactions.Add(1);
        Volatile.Write(ref _compactedSegmentCount, _compactedSegmentCount + count);
        _compactedRows.Add(merged.RowCount);
        _compactionSeconds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    public void Trimmed(long rowCount) => _trimmedRows.Add(rowCount);

    public void RetiredKeys(int count)
    {
        if (count > 0)
            _retiredKeys.Add(count);
    }

    public void SealFailed() => Failed(ref _sealFailureCount, "seal");

    public void CompactionFailed() => Failed(ref _compactionFailureCount, "compaction");

    public void FoundDamaged() => Failed(ref _damagedSegmentCount, "damage");

    public void TrimFailed() => _failures.Add(1, new KeyValuePair<string, object?>("kind", "trim"));

    public void RetirementFailed() => _failures.Add(1, new KeyValuePair<string, object?>("kind", "key"));

    public void DeletionFailed() => _failures.Add(1, new KeyValuePair<string, object?>("kind", "deletion"));

    private void Failed(ref long total, string kind)
    {
        Volatile.Write(ref total, total + 1);
        _failures.Add(1, new KeyValuePair<string, object?>("kind", kind));
    }
}
