using System.Collections.Concurrent;
using Varve.Storage.Sequencing;
using Varve.Storage.Streams;

namespace Varve.Storage.Consumers;

/// <summary>The groups of all consumers that were used since the engine was opened. Any thread.</summary>
internal sealed class ConsumerHub(ConsumerWork work) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<long, ConsumerGroup> _groups = [];

    /// <summary>Throws <see cref="StorageErrorCode.StreamNotFound"/> or <see cref="StorageErrorCode.ConsumerNotFound"/>.</summary>
    public (StreamState Stream, ConsumerState Consumer) Find(string stream, string name)
    {
        CatalogHead head = work.Head;
        StreamState found = head.Find(stream);
        return head.Consumers.TryFind(found.Id, name, out ConsumerState? consumer) ? (found, consumer) : throw ConsumerRules.NotFound(stream, name);
    }

    public ConsumerGroup GroupOf(StreamState stream, ConsumerState consumer)
    {
        while (true)
        {
            if (_groups.TryGetValue(consumer.Id, out ConsumerGroup? group))
                return group;
            ConsumerGroup made = new(work, stream, consumer);
            if (_groups.TryAdd(consumer.Id, made))
                return made;
            made.Dispose();
        }
    }

    /// <summary>Of a consumer that was not used yet: nothing.</summary>
    public (long RowCount, IReadOnlyList<string> Members, string? Problem) DescribeGroup(long consumerId) =>
        _groups.TryGetValue(consumerId, out ConsumerGroup? group) ? group.Describe() : (0, [], null);

    /// <summary>The next rows for a member, as soon as there are some.</summary>
    public async Task<ConsumerLease> LeaseAsync(
        string stream, string name, string member, int rowsMax, int memberRowsMax, Action throwIfStopped, CancellationToken cancelled)
    {
        (StreamState found, ConsumerState consumer) = Find(stream, name);
        ConsumerGroup group = GroupOf(found, consumer);
        while (true)
        {
            // Taken before looking: a change after the look completes one of them.
            Task change = group.Changes.Next();
            Task rows = found.Changes.Next();
            throwIfStopped();
            if (group.TryLease(member, rowsMax, memberRowsMax) is { } lease)
                return lease;
            Task either = await Task.WhenAny(change, rows).WaitAsync(cancelled).ConfigureAwait(false);
            await either.ConfigureAwait(false);
        }
    }

    /// <summary>Returns how many rows were not passed before.</summary>
    public async Task<long> PassAsync(StreamState stream, ConsumerState consumer, PendingProgress progress, IReadOnlyList<OffsetRange> ranges)
    {
        ConsumerState now = await work.SubmitAsync(progress).ConfigureAwait(false);
        GroupOf(stream, consumer).Pass([.. ranges, new OffsetRange(0, now.Offset)]);
        work.Meter.Acknowledged(progress.PassedCount);
        return progress.PassedCount;
    }

    /// <summary>A change of the consumer, of which its members learn.</summary>
    public async Task<ConsumerState> ChangeAsync(PendingConsumerOperation operation)
    {
        ConsumerState consumer = await work.SubmitAsync(operation).ConfigureAwait(false);
        if (_groups.TryGetValue(consumer.Id, out ConsumerGroup? group))
            group.Changes.Fire();
        Sweep();
        return consumer;
    }

    /// <summary>Tells all members to look again.</summary>
    public void Wake()
    {
        foreach (ConsumerGroup group in _groups.Values)
            group.Changes.Fire();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ConsumerGroup group in _groups.Values)
            group.Dispose();
        await work.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Forgets the groups of consumers that are gone.</summary>
    private void Sweep()
    {
        ConsumerSet consumers = work.Head.Consumers;
        foreach ((long id, ConsumerGroup group) in _groups)
        {
            if (!consumers.TryFind(id, out _) && _groups.TryRemove(id, out _))
            {
                group.Changes.Fire();
                group.Dispose();
            }
        }
    }
}
