using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Varve.Storage.Records;

namespace Varve.Storage.Consumers;

/// <summary>
/// The consumers of a node. There are two of it: as decided, and as applied, which the records of the log make alike. Immutable.
/// </summary>
/// <param name="LastId">The id of the newest consumer that ever was.</param>
/// <param name="ById">Those that are.</param>
internal sealed record ConsumerSet(long LastId, ImmutableDictionary<long, ConsumerState> ById)
{
    private ImmutableDictionary<(long StreamId, string Name), long> Names { get; init; } = ImmutableDictionary<(long, string), long>.Empty;

    public static ConsumerSet Empty { get; } = new(0, ImmutableDictionary<long, ConsumerState>.Empty);

    public static ConsumerSet Restore(long lastId, IReadOnlyList<ConsumerState> consumers) =>
        new(lastId, consumers.ToImmutableDictionary(c => c.Id)) { Names = consumers.ToImmutableDictionary(c => (c.StreamId, c.Name), c => c.Id) };

    public bool TryFind(long id, [NotNullWhen(true)] out ConsumerState? consumer) => ById.TryGetValue(id, out consumer);

    public bool TryFind(long streamId, string name, [NotNullWhen(true)] out ConsumerState? consumer)
    {
        consumer = Names.TryGetValue((streamId, name), out long id) ? ById[id] : null;
        return consumer is not null;
    }

    public IEnumerable<ConsumerState> Of(long streamId) => ById.Values.Where(c => c.StreamId == streamId);

    /// <summary>The set after a record; itself where the record is of something else.</summary>
    /// <param name="record">The change.</param>
    /// <param name="problem">Null for success, else why the record does not fit.</param>
    public ConsumerSet Apply(LogRecord record, out string? problem)
    {
        problem = null;
        switch (record)
        {
            case CreateConsumerRecord create when create.ConsumerId == LastId + 1 && !Names.ContainsKey((create.StreamId, create.Name)):
                ConsumerState made = create.ToState();
                return new ConsumerSet(made.Id, ById.Add(made.Id, made)) { Names = Names.Add((made.StreamId, made.Name), made.Id) };
            case CreateConsumerRecord create:
                problem = $"consumer {create.ConsumerId} of stream {create.StreamId} comes after consumer {LastId}";
                return this;
            case DropStreamRecord drop when ById.Count > 0:
                return Of(drop.StreamId).Aggregate(this, (set, consumer) => set.Without(consumer));
            case TrimRecord trim when ById.Count > 0:
                return Of(trim.StreamId).Aggregate(this, (set, consumer) => set.With(consumer.Trim(trim.FirstOffset)));
            case ConsumerRecord change:
                return Change(change, out problem);
            default:
                return this;
        }
    }

    private ConsumerSet Change(ConsumerRecord record, out string? problem)
    {
        problem = null;
        if (!TryFind(record.ConsumerId, out ConsumerState? consumer) || consumer.StreamId != record.StreamId)
        {
            problem = $"consumer {record.ConsumerId} of stream {record.StreamId} changes, and is not known";
            return this;
        }

        switch (record)
        {
            case AlterConsumerRecord alter:
                return With(consumer with { Settings = alter.Settings });
            case DeleteConsumerRecord:
                return Without(consumer);
            case ResetConsumerRecord reset:
                return With(consumer.Reset(reset.Offset));
            case ConsumerProgressRecord progress when consumer.Apply(progress) is { } changed:
                return With(changed);
            default:
                problem = $"{record} does not fit consumer {consumer.Id}, which is at {consumer.Offset}";
                return this;
        }
    }

    private ConsumerSet With(ConsumerState consumer) => this with { ById = ById.SetItem(consumer.Id, consumer) };

    private ConsumerSet Without(ConsumerState consumer) =>
        this with { ById = ById.Remove(consumer.Id), Names = Names.Remove((consumer.StreamId, consumer.Name)) };
}
