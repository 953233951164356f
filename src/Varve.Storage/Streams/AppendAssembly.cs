using Varve.Storage.Producers;
using Varve.Storage.Records;

namespace Varve.Storage.Streams;

/// <summary>
/// The records of an append that is not whole yet: the parts of a batch, the batches of a group. Nothing of them is applied before the last is there.
/// One thread.
/// </summary>
internal sealed class AppendAssembly
{
    private readonly List<(AppendRecord Rows, LogPosition At)> _records = [];
    private AppendGroupRecord? _group;
    private ConsumerProgressRecord? _progress;
    private int _wholeBatches;
    private int _batchBegin;
    private long _batchRows;

    public bool IsEmpty => _group is null && _records.Count == 0;

    public bool IsWhole => _records.Count > 0 && _batchBegin == _records.Count && (_group is null || _wholeBatches == _group.BatchCount);

    public AppendGroupRecord? Group => _group;

    /// <summary>What the group's rows are the dead letters of; null where they are none.</summary>
    public ConsumerProgressRecord? Progress => _progress;

    /// <summary>In their order, with the entries in which they stand.</summary>
    public IReadOnlyList<(AppendRecord Rows, LogPosition At)> Records => _records;

    /// <summary>Null for success, else why the record does not fit.</summary>
    public string? Begin(AppendGroupRecord group)
    {
        if (!IsEmpty)
            return $"a group of {group.BatchCount} batches begins where {Unfinished}";
        if (group.BatchCount < 1)
            return $"a group has {group.BatchCount} batches";
        _group = group;
        return null;
    }

    /// <param name="progress">What the rows that follow are the dead letters of.</param>
    /// <inheritdoc cref="Begin"/>
    public string? Add(ConsumerProgressRecord progress)
    {
        if (_group is null || _group.HasProducer || _progress is not null || _records.Count > 0)
            return $"dead letters of consumer {progress.ConsumerId} do not stand at the begin of a group";
        _progress = progress;
        return null;
    }

    /// <param name="record">Rows.</param>
    /// <param name="endOffset">Where their stream ends.</param>
    /// <param name="position">The entry in which they stand.</param>
    /// <inheritdoc cref="Begin"/>
    public string? Add(AppendRecord record, long endOffset, LogPosition position)
    {
        if (record.IsGrouped != _group is not null)
            return $"a batch {(record.IsGrouped ? "of a group stands outside of one" : "stands inside of a group and is not of it")}";
        int parts = _records.Count - _batchBegin;
        AppendRecord? first = parts == 0 ? null : _records[_batchBegin].Rows;
        bool continues = first is null || (first.StreamId == record.StreamId && first.PartCount == record.PartCount);
        if (record.Part != parts || !continues)
            return $"part {record.Part} of {record.PartCount} of a batch follows {parts} parts";
        if (record.FirstOffset != endOffset + _batchRows)
            return $"rows begin at offset {record.FirstOffset}, {endOffset + _batchRows} is next";
        if (parts == 0 && _group is not null && _records.Exists(r => r.Rows.StreamId == record.StreamId))
            return "a group has two batches of it";
        _records.Add((record, position));
        _batchRows += record.Rows.RowCount;
        if (parts + 1 < record.PartCount)
            return null;
        _batchBegin = _records.Count;
        _batchRows = 0;
        _wholeBatches++;
        return null;
    }

    /// <summary>What the group's append became, whole as it is now.</summary>
    /// <param name="position">The entry that made it visible.</param>
    public ProducedBatch[] Produced(LogPosition position) =>
    [
        .. _records.GroupBy(r => r.Rows.StreamId).Select(batch => new ProducedBatch(
            _group!.Producer.Sequence, batch.Key, batch.First().Rows.FirstOffset, batch.Sum(r => r.Rows.Rows.RowCount), position)),
    ];

    /// <summary>The record that ends what is unfinished; null where nothing is.</summary>
    public LogRecord? Abandon(long timeMicros) =>
        _group is not null ? new AbandonGroupRecord(timeMicros)
        : _records.Count > 0 ? new AbandonPartsRecord(_records[0].Rows.StreamId, timeMicros, _records[0].Rows.FirstOffset)
        : null;

    /// <summary>Whether it is what the record ends.</summary>
    public bool IsEndedBy(LogRecord record) => record switch
    {
        AbandonGroupRecord => _group is not null,
        AbandonPartsRecord parts => _group is null && _records.Count > 0
            && _records[0].Rows.StreamId == parts.StreamId && _records[0].Rows.FirstOffset == parts.FirstOffset,
        _ => false,
    };

    public void Clear()
    {
        _records.Clear();
        _group = null;
        _progress = null;
        _wholeBatches = 0;
        _batchBegin = 0;
        _batchRows = 0;
    }

    /// <summary>What is there, in words.</summary>
    public string Unfinished => _group is null
        ? $"a batch of stream {_records[0].Rows.StreamId} ends after {_records.Count} of its {_records[0].Rows.PartCount} parts"
        : $"a group ends after {_wholeBatches} of its {_group.BatchCount} batches";
}
