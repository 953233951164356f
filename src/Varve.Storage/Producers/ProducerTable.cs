using System.Diagnostics.CodeAnalysis;
using Varve.Storage.Records;

namespace Varve.Storage.Producers;

/// <summary>
/// The producers of a node. There are two of it: as decided, and as applied, which the records of the log make alike. One thread changes it and takes
/// captures; a capture is anybody's.
/// </summary>
internal sealed class ProducerTable
{
    private readonly Dictionary<long, ProducerState> _byId = [];
    private readonly Dictionary<string, ProducerState> _byName = new(StringComparer.Ordinal);

    /// <summary>Those that a capture has, which therefore must not change any more.</summary>
    private readonly HashSet<ProducerState> _captured = [];

    public ProducerTable(ProducerCapture capture)
    {
        LastId = capture.LastId;
        foreach (ProducerState producer in capture.Producers)
            Add(producer.Copy());
    }

    /// <summary>The id of the newest producer that was ever known.</summary>
    public long LastId { get; private set; }

    public int Count => _byId.Count;

    public IEnumerable<ProducerState> Producers => _byId.Values;

    public bool TryFind(long id, [NotNullWhen(true)] out ProducerState? producer) => _byId.TryGetValue(id, out producer);

    public bool TryFind(string name, [NotNullWhen(true)] out ProducerState? producer) => _byName.TryGetValue(name, out producer);

    /// <summary>Null for success, else why the record does not fit.</summary>
    public string? Apply(OpenProducerRecord record)
    {
        if (!TryFind(record.Name, out ProducerState? producer))
        {
            if (record.ProducerId != LastId + 1 || record.Epoch != 1)
                return $"producer {record.ProducerId} opens its epoch {record.Epoch} after producer {LastId} came";
            LastId = record.ProducerId;
            Add(producer = new ProducerState(record.ProducerId, record.Name));
        }
        else if (producer.Id != record.ProducerId || record.Epoch != producer.Epoch + 1)
        {
            return $"producer {record.ProducerId} opens epoch {record.Epoch}, where producer {producer.Id} of that name is at epoch {producer.Epoch}";
        }

        Own(producer).Open(record.Epoch, record.TimeMicros);
        return null;
    }

    /// <inheritdoc cref="Apply(OpenProducerRecord)"/>
    public string? Apply(ForgetProducerRecord record)
    {
        if (!TryFind(record.ProducerId, out ProducerState? producer))
            return $"producer {record.ProducerId} is forgotten, and is not known";
        _byId.Remove(producer.Id);
        _byName.Remove(producer.Name);
        _captured.Remove(producer);
        return null;
    }

    /// <param name="record">An append of a producer.</param>
    /// <param name="batches">What it became.</param>
    /// <inheritdoc cref="Apply(OpenProducerRecord)"/>
    public string? Apply(AppendGroupRecord record, ReadOnlySpan<ProducedBatch> batches)
    {
        if (!TryFind(record.Producer.ProducerId, out ProducerState? producer))
            return $"producer {record.Producer.ProducerId} appends, and is not known";
        if (record.Producer.Epoch != producer.Epoch || record.Producer.Sequence != producer.NextSequence)
        {
            return $"producer {producer.Id} appends {record.Producer.Sequence} in epoch {record.Producer.Epoch},"
                + $" {producer.NextSequence} in epoch {producer.Epoch} is next";
        }

        Own(producer).Take(record.Producer.Sequence, batches, record.TimeMicros);
        return null;
    }

    /// <summary>The producers as they are now, at the cost of a list of references: those that change later are copied then.</summary>
    public ProducerCapture Capture()
    {
        _captured.UnionWith(_byId.Values);
        return new ProducerCapture(LastId, [.. _byId.Values]);
    }

    private ProducerState Own(ProducerState producer)
    {
        if (!_captured.Remove(producer))
            return producer;
        ProducerState copy = producer.Copy();
        Add(copy);
        return copy;
    }

    private void Add(ProducerState producer)
    {
        _byId[producer.Id] = producer;
        _byName[producer.Name] = producer;
    }
}
