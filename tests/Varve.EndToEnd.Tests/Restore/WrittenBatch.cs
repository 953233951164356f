using Varve.Client;

namespace Varve.EndToEnd.Tests.Restore;

/// <summary>A batch that was sent. Its answer comes once, or, where the daemon was killed, never.</summary>
/// <param name="Writer">Who sent it.</param>
/// <param name="Number">From 0, for each writer.</param>
/// <param name="RowCount">Its rows are numbered too.</param>
/// <param name="SentAt">Before it was handed over.</param>
internal sealed record WrittenBatch(long Writer, long Number, int RowCount, DateTimeOffset SentAt)
{
    public AppendAck? Ack { get; private set; }

    /// <summary>When the answer was here.</summary>
    public DateTimeOffset AckedAt { get; private set; }

    public void Acknowledge(AppendAck ack, DateTimeOffset now) => (AckedAt, Ack) = (now, ack);
}
