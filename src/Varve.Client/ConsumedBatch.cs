using Varve.Arrow;
using Varve.Protocol.V1;

namespace Varve.Client;

/// <summary>
/// Rows that are this member's alone until it acknowledges or rejects them, or its consumer is disposed. What is not acknowledged is delivered again.
/// Any thread.
/// </summary>
public sealed class ConsumedBatch
{
    private readonly Consumer _consumer;
    private int _isSettled;

    internal ConsumedBatch(Consumer consumer, ConsumeResponse response, RecordBatch rows)
    {
        _consumer = consumer;
        Rows = rows;
        FirstOffset = response.FirstOffset;
        Delivery = response.Delivery;
        EndOffset = response.EndOffset;
        LeaseId = response.LeaseId;
        Epoch = response.Epoch;
        Lasts = response.Lasts.ToTimeSpan();
    }

    /// <summary>At least one; they follow one another.</summary>
    public RecordBatch Rows { get; }

    /// <summary>The offset of the first row.</summary>
    public long FirstOffset { get; }

    /// <summary>1 for rows that were not delivered before, so far as is known; one more with every delivery that failed.</summary>
    public int Delivery { get; }

    /// <summary>The stream's end when the batch was made.</summary>
    public long EndOffset { get; }

    /// <summary>Whether the rows went to another member, or may have: they were held for too long, or the daemon restarted. What is acknowledged counts.</summary>
    public bool IsLost { get; internal set; }

    internal long LeaseId { get; }

    internal int Epoch { get; }

    internal TimeSpan Lasts { get; }

    /// <summary>By the consumer's clock; null while it waits in memory.</summary>
    internal long? HandedOutAt { get; set; }

    /// <summary>All rows are processed. Durable when it completes; sent again until it is answered.</summary>
    /// <returns>How many rows nobody had acknowledged before.</returns>
    /// <exception cref="VarveException">The consumer was reset or deleted, or the daemon was away for too long.</exception>
    public async Task<long> AcknowledgeAsync(CancellationToken cancellation = default)
    {
        long count = await _consumer.AcknowledgeAsync(Epoch, FirstOffset, FirstOffset + Rows.RowCount, cancellation);
        Settle();
        return count;
    }

    /// <summary>Some of the rows are processed, in any order.</summary>
    /// <param name="firstRow">The first of them, from 0.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellation">Ends the wait for the answer.</param>
    /// <inheritdoc cref="AcknowledgeAsync(CancellationToken)"/>
    public Task<long> AcknowledgeAsync(int firstRow, int count, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstRow + count, Rows.RowCount);
        return _consumer.AcknowledgeAsync(Epoch, FirstOffset + firstRow, FirstOffset + firstRow + count, cancellation);
    }

    /// <summary>What of the rows is not acknowledged could not be processed: it is delivered again, in smaller batches, or goes to the dead letters.</summary>
    /// <param name="reason">For the dead letters.</param>
    /// <param name="delay">How long to wait before that.</param>
    /// <param name="cancellation">Ends the wait for the answer.</param>
    /// <exception cref="VarveException">The rows are lost already, or the daemon was away for too long.</exception>
    public async Task RejectAsync(string reason, TimeSpan delay = default, CancellationToken cancellation = default)
    {
        await _consumer.RejectAsync(LeaseId, reason, delay, cancellation);
        Settle();
    }

    /// <summary>
    /// What of the rows is not acknowledged was not begun with: others get it at once, and the delivery does not count. Nothing is thrown where that does not
    /// reach the daemon: it is delivered again when its time is over.
    /// </summary>
    public async Task ReleaseAsync(CancellationToken cancellation = default)
    {
        Settle();
        await _consumer.ReleaseAsync(LeaseId, cancellation);
    }

    private void Settle()
    {
        if (Interlocked.Exchange(ref _isSettled, 1) == 0)
            _consumer.Forget(this);
    }
}
