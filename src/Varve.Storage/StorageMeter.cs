using System.Diagnostics;
using System.Diagnostics.Metrics;
using Varve.Storage.Checking;
using Varve.Storage.Segments.Sealing;
using Varve.Storage.Sequencing;
using Varve.Storage.Tail;

namespace Varve.Storage;

/// <summary>
/// What an engine counts, for <see cref="StorageStatistics"/> and as the meter <c>Varve.Storage</c>. The sequencer counts; any thread reads.
/// </summary>
internal sealed class StorageMeter : IDisposable
{
    public const string Name = "Varve.Storage";

    private readonly Meter _meter = new(Name);
    private readonly Tally _appends;
    private readonly Tally _rows;
    private readonly Tally _bytes;
    private readonly Tally _commits;
    private readonly Histogram<double> _commitSeconds;
    private readonly Histogram<int> _groupSizes;
    private long _checkpointCount;
    private long _checkpointFailureCount;
    private long _lastAppendAt;

    public StorageMeter(MemoryBudget budget)
    {
        Sealing = new SealMeter(_meter);
        Scrubbing = new ScrubMeter(_meter);
        _appends = new Tally(_meter, "varve.storage.appends", "{append}", "Appends that were acknowledged");
        _rows = new Tally(_meter, "varve.storage.rows", "{row}", "Rows of acknowledged appends");
        _bytes = new Tally(_meter, "varve.storage.bytes", "By", "Bytes of values in acknowledged appends, before compression");
        _commits = new Tally(_meter, "varve.storage.commits", "{commit}", "Commits of the log");
        _commitSeconds = _meter.CreateHistogram<double>("varve.storage.commit.duration", "s", "From the request of a commit to its sync");
        _groupSizes = _meter.CreateHistogram<int>("varve.storage.commit.group_size", "{operation}", "Operations that shared a commit");
        _meter.CreateObservableCounter(
            "varve.storage.checkpoints", () => CheckpointCount, "{checkpoint}", "Checkpoints of the catalog that were written");
        _meter.CreateObservableCounter(
            "varve.storage.checkpoint.failures", () => CheckpointFailureCount, "{checkpoint}", "Checkpoints of the catalog that failed");
        _meter.CreateObservableCounter(
            "varve.storage.memory.refusals", () => budget.RefusalCount, "{append}", "Appends refused because the memory for rows was full");
        _meter.CreateObservableGauge("varve.storage.tail.bytes", () => budget.UsedBytes, "By", "Memory that rows take, those on their way included");
        _meter.CreateObservableGauge("varve.storage.tail.limit", () => budget.LimitBytes, "By", "Memory that rows may take");
    }

    /// <summary>What the background work counts.</summary>
    public SealMeter Sealing { get; }

    /// <summary>What the check in the background counts.</summary>
    public ScrubMeter Scrubbing { get; }

    public long AppendCount => _appends.Total;

    public long RowCount => _rows.Total;

    public long ByteCount => _bytes.Total;

    public long CommitCount => _commits.Total;

    public long CheckpointCount => Volatile.Read(ref _checkpointCount);

    public long CheckpointFailureCount => Volatile.Read(ref _checkpointFailureCount);

    /// <summary>How long ago an append was last acknowledged; without one, how long the system runs.</summary>
    public TimeSpan SinceLastAppend => Stopwatch.GetElapsedTime(Volatile.Read(ref _lastAppendAt));

    /// <summary>One at a time.</summary>
    public void CheckpointWritten() => Volatile.Write(ref _checkpointCount, _checkpointCount + 1);

    /// <summary>One at a time.</summary>
    public void CheckpointFailed() => Volatile.Write(ref _checkpointFailureCount, _checkpointFailureCount + 1);

    /// <summary>The moment at which something begins that is measured.</summary>
    public static long Start() => Stopwatch.GetTimestamp();

    public void Committed(long started, int operationCount)
    {
        _commits.Add(1);
        _commitSeconds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        _groupSizes.Record(operationCount);
    }

    public void Acknowledged(IReadOnlyList<PendingOperation> operations)
    {
        long appends = 0;
        long rows = 0;
        long bytes = 0;
        for (int i = 0; i < operations.Count; i++)
        {
            if (operations[i] is not PendingAppend { IsDuplicate: false } append)
                continue;
            appends++;
            rows += append.RowCount;
            bytes += append.SizeBytes;
        }

        if (appends > 0)
            Volatile.Write(ref _lastAppendAt, Stopwatch.GetTimestamp());
        _appends.Add(appends);
        _rows.Add(rows);
        _bytes.Add(bytes);
    }

    public void Dispose() => _meter.Dispose();
}
