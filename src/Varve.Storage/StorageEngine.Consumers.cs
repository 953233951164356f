using Varve.Storage.Consumers;
using Varve.Storage.Sequencing;
using Varve.Storage.Streams;

namespace Varve.Storage;

/// <summary>Who works through the rows, how far they are, and what became of rows that they could not process.</summary>
public sealed partial class StorageEngine
{
    /// <summary>
    /// Creates a consumer of a stream, and the stream for its dead letters where that does not exist. Durable when it completes. Throws
    /// <see cref="StorageErrorCode.ConsumerAlreadyExists"/>, <see cref="StorageErrorCode.InvalidName"/>, <see cref="StorageErrorCode.InvalidSettings"/>,
    /// <see cref="StorageErrorCode.OffsetOutOfRange"/> or <see cref="StorageErrorCode.MemoryLimit"/>.
    /// </summary>
    public async Task<ConsumerDescription> CreateConsumerAsync(
        string stream, string name, ConsumerSettings settings, ConsumerStart start, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        StreamState found = _catalog.Head.Find(stream);
        ConsumerRules.CheckName(name);
        ConsumerSettings kept = await CheckAsync(found, name, settings).ConfigureAwait(false);
        return Describe(found, await _consumers.ChangeAsync(new PendingCreateConsumer(found, name, kept, At(found, start))).ConfigureAwait(false));
    }

    /// <summary>Puts settings in the place of those that a consumer has; they hold for rows that are delivered from then on.</summary>
    public async Task<ConsumerDescription> AlterConsumerAsync(
        string stream, string name, ConsumerSettings settings, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        (StreamState found, _) = _consumers.Find(stream, name);
        ConsumerSettings kept = await CheckAsync(found, name, settings).ConfigureAwait(false);
        return Describe(found, await _consumers.ChangeAsync(new PendingAlterConsumer(found, name, kept)).ConfigureAwait(false));
    }

    /// <summary>Deletes a consumer with its progress; its dead letters stay. Returns it as it was last.</summary>
    public async Task<ConsumerDescription> DeleteConsumerAsync(string stream, string name, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        (StreamState found, _) = _consumers.Find(stream, name);
        return Describe(found, await _consumers.ChangeAsync(new PendingDeleteConsumer(found, name)).ConfigureAwait(false));
    }

    /// <summary>
    /// Lets a consumer begin anew: its next epoch starts. What is with members is theirs no more, and what they acknowledge of it is refused with
    /// <see cref="StorageErrorCode.ConsumerFenced"/>. With <see cref="ConsumerStart.Current"/> nothing else changes.
    /// </summary>
    public async Task<ConsumerDescription> ResetConsumerAsync(
        string stream, string name, ConsumerStart start, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        (StreamState found, _) = _consumers.Find(stream, name);
        return Describe(found, await _consumers.ChangeAsync(new PendingResetConsumer(found, name, At(found, start))).ConfigureAwait(false));
    }

    public ConsumerDescription DescribeConsumer(string stream, string name)
    {
        (StreamState found, ConsumerState consumer) = _consumers.Find(stream, name);
        return Describe(found, consumer);
    }

    /// <summary>The consumers of a stream, or of all streams where that is null, by stream and name.</summary>
    public IReadOnlyList<ConsumerDescription> ListConsumers(string? stream = null)
    {
        CatalogHead head = _catalog.Head;
        IEnumerable<StreamState> streams = stream is null ? head.Streams.Values : [head.Find(stream)];
        ILookup<long, ConsumerState> consumers = head.Consumers.ById.Values.ToLookup(c => c.StreamId);
        return
        [
            .. streams.OrderBy(s => s.Name, StringComparer.Ordinal)
                .SelectMany(s => consumers[s.Id].OrderBy(c => c.Name, StringComparer.Ordinal).Select(c => Describe(s, c))),
        ];
    }

    /// <summary>
    /// The next rows for a member of a consumer, as soon as there are some: first those to be delivered again. They are for it alone for as long as the
    /// lease says. Throws <see cref="StorageErrorCode.ConsumerNotFound"/>, also when the consumer is deleted meanwhile.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">The consumer.</param>
    /// <param name="member">Who asks; members of one name are one.</param>
    /// <param name="rowsMax">At least 1.</param>
    /// <param name="memberRowsMax">Waits while the member has that many rows.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ConsumerLease> LeaseAsync(
        string stream, string name, string member, int rowsMax, int memberRowsMax = int.MaxValue, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowsMax, 1);
        return _consumers.LeaseAsync(stream, name, member, rowsMax, memberRowsMax, ThrowIfStopped, cancellationToken);
    }

    /// <summary>The same where there are rows now; null where there are none.</summary>
    public ConsumerLease? TryLease(string stream, string name, string member, int rowsMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowsMax, 1);
        ThrowIfStopped();
        (StreamState found, ConsumerState consumer) = _consumers.Find(stream, name);
        return _consumers.GroupOf(found, consumer).TryLease(member, rowsMax, int.MaxValue);
    }

    /// <summary>
    /// Rows are processed, whichever member did it, also after its lease ran out or the node restarted. Durable when it completes. Returns how many
    /// rows were not acknowledged before. Throws <see cref="StorageErrorCode.ConsumerFenced"/>, <see cref="StorageErrorCode.OffsetOutOfRange"/>, and
    /// <see cref="StorageErrorCode.MemoryLimit"/> where too many ranges would stand alone.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">The consumer.</param>
    /// <param name="epoch">That of the leases.</param>
    /// <param name="rows">In any order; they may overlap.</param>
    public Task<long> AcknowledgeAsync(string stream, string name, int epoch, IReadOnlyList<OffsetRange> rows)
    {
        (StreamState found, ConsumerState consumer) = _consumers.Find(stream, name);
        return _consumers.PassAsync(found, consumer, new PendingProgress(found, name, epoch, rows, []), rows);
    }

    /// <summary>
    /// All rows before an offset are processed: for a consumer with one reader, which keeps its place here. Durable when it completes. Throws
    /// <see cref="StorageErrorCode.OffsetMismatch"/> where the consumer is not where it is expected, because another reader has moved it.
    /// </summary>
    public Task<long> CommitOffsetAsync(string stream, string name, long offset, long? expectedOffset = null)
    {
        (StreamState found, ConsumerState consumer) = _consumers.Find(stream, name);
        PendingProgress commit = new(found, name, null, [], []) { UpTo = offset, ExpectedOffset = expectedOffset };
        return _consumers.PassAsync(found, consumer, commit, []);
    }

    /// <summary>
    /// A member could not process rows: they are delivered again after the delay, or go to the dead letters. On record when it completes. Throws
    /// <see cref="StorageErrorCode.LeaseLost"/> where the member does not have them any more.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">The consumer.</param>
    /// <param name="member">Who has them.</param>
    /// <param name="leaseId">As what.</param>
    /// <param name="rows">Of the lease; none: all that is left of it.</param>
    /// <param name="delay">At least zero.</param>
    /// <param name="reason">For the dead letters.</param>
    public Task RejectAsync(
        string stream, string name, string member, long leaseId, IReadOnlyList<OffsetRange> rows, TimeSpan delay = default, string reason = "rejected")
    {
        ThrowIfStopped();
        (StreamState found, ConsumerState consumer) = _consumers.Find(stream, name);
        return _consumers.GroupOf(found, consumer).RejectAsync(leaseId, member, OffsetRanges.Of(rows), delay, reason);
    }

    /// <summary>Gives a member more time for a lease, counted from now. Returns how long it lasts. Throws as <see cref="RejectAsync"/>.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">The consumer.</param>
    /// <param name="member">Who has it.</param>
    /// <param name="leaseId">The lease.</param>
    /// <param name="by">Null: the consumer's time to acknowledge.</param>
    public TimeSpan ExtendLease(string stream, string name, string member, long leaseId, TimeSpan? by = null)
    {
        (StreamState found, ConsumerState consumer) = _consumers.Find(stream, name);
        return _consumers.GroupOf(found, consumer).Extend(leaseId, member, by);
    }

    /// <summary>A member gives back the rows of a lease from an offset on, as if it had never had them. A lease that is over is passed over.</summary>
    public void ShrinkLease(string stream, string name, string member, long leaseId, long endOffset)
    {
        (StreamState found, ConsumerState consumer) = _consumers.Find(stream, name);
        _consumers.GroupOf(found, consumer).Shrink(leaseId, member, endOffset);
    }

    /// <summary>A member gives leases back that it has not begun with: others get the rows at once, and no delivery counts as failed.</summary>
    public void ReleaseLeases(string stream, string name, string member, IReadOnlyList<long> leaseIds)
    {
        (StreamState found, ConsumerState consumer) = _consumers.Find(stream, name);
        _consumers.GroupOf(found, consumer).Release(leaseIds, member);
    }

    /// <summary>A member that goes gives back all leases but some, as <see cref="ReleaseLeases"/> does.</summary>
    public void ReleaseMember(string stream, string name, string member, IReadOnlyList<long> keptLeaseIds)
    {
        (StreamState found, ConsumerState consumer) = _consumers.Find(stream, name);
        _consumers.GroupOf(found, consumer).ReleaseAll(member, keptLeaseIds);
    }

    private async Task<ConsumerSettings> CheckAsync(StreamState stream, string name, ConsumerSettings settings)
    {
        ConsumerSettings kept = ConsumerRules.Check(stream.Name, name, settings);
        if (kept.DeadLetterStream is { } dead)
            await _deadLetters.EnsureStreamAsync(dead).ConfigureAwait(false);
        return kept;
    }

    private static ConsumerStart At(StreamState stream, ConsumerStart start) =>
        start is ConsumerStart.AfterPosition after ? new ConsumerStart.AtOffset(EndAt(stream, after.Position)) : start;

    private ConsumerDescription Describe(StreamState stream, ConsumerState consumer)
    {
        (long leased, IReadOnlyList<string> members, string? problem) = _consumers.DescribeGroup(consumer.Id);
        return new ConsumerDescription
        {
            Stream = stream.Name,
            Name = consumer.Name,
            Settings = consumer.Settings,
            CreatedAt = TimeOf(consumer.CreatedMicros),
            Epoch = consumer.Epoch,
            StartOffset = consumer.StartOffset,
            Offset = consumer.Offset,
            DoneAbove = consumer.Done.Items,
            EndOffset = Math.Max(stream.Head.EndOffset, consumer.Offset),
            AcknowledgedRowCount = consumer.AcknowledgedRowCount,
            DeadRowCount = consumer.DeadRowCount,
            MissedRowCount = consumer.MissedRowCount,
            FailedRowCount = consumer.FailedRowCount,
            LeasedRowCount = leased,
            RetriedRowCount = consumer.Failed.RowCount,
            Members = members,
            LastProgressAt = TimeOf(consumer.LastProgressMicros),
            DeadLetterProblem = problem,
        };

        static DateTimeOffset TimeOf(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);
    }
}
