namespace Varve.Storage.Sequencing;

/// <summary>
/// The operations that share a commit, from being taken off the queue until they are answered. For the sequencer, which uses two in turn.
/// </summary>
internal sealed class CommitGroup
{
    /// <summary>All that were taken, in their order.</summary>
    public List<PendingOperation> Taken { get; } = [];

    /// <summary>Those of them that wrote records or wait for the commit.</summary>
    public List<PendingOperation> Staged { get; } = [];

    /// <summary>The last entry that they wrote.</summary>
    public LogPosition Last { get; set; }

    /// <summary>Completes when all of it is durable.</summary>
    public Task Commit { get; set; } = Task.CompletedTask;

    public long StartedAt { get; set; }

    public long SizeBytes
    {
        get
        {
            long total = 0;
            foreach (PendingOperation operation in Taken)
                total += operation.SizeBytes;
            return total;
        }
    }

    public void Clear()
    {
        Taken.Clear();
        Staged.Clear();
    }
}
