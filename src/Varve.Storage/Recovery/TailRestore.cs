using Varve.Storage.Catalog;
using Varve.Storage.Log;
using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Storage.Recovery;

/// <summary>
/// The first half of a recovery from a checkpoint: entries up to its position have been applied in it, so they only give back the rows of tails. Rows
/// that are in segments, or whose stream is gone, are passed over without being decoded. At the end every tail must be what the checkpoint says. One
/// thread.
/// </summary>
internal sealed class TailRestore(CheckpointState checkpoint, StreamCatalog catalog, RecordReader reader)
{
    private readonly Dictionary<long, CheckpointStream> _streams = checkpoint.Streams.ToDictionary(s => s.Id);
    private readonly List<(AppendRecord Rows, LogPosition Position)> _parts = [];

    /// <summary>Batches of a group, which wait for what follows: an unfinished one is abandoned by the very next record.</summary>
    private readonly List<(AppendRecord Rows, LogPosition Position)> _group = [];
    private LogPosition _begin;

    public void Take(LogEntry entry)
    {
        if (_begin == LogPosition.None)
            _begin = entry.Position;
        RecordReader.Split(entry, record => Take(entry.Position, record));
    }

    /// <summary>Throws <see cref="StorageErrorCode.Corruption"/> where rows are missing.</summary>
    public void Finish()
    {
        if (_parts.Count > 0)
            throw Misfit(checkpoint.Position, $"a batch of stream {_parts[0].Rows.StreamId} ends after {_parts.Count} of its parts");
        GiveBack(_group);
        foreach (CheckpointStream expected in checkpoint.Streams)
        {
            long end = catalog.Find(expected.Id)!.EndOffset;
            if (end != expected.EndOffset)
                throw Misfit(checkpoint.Position, $"stream '{expected.Name}' ends at offset {end}, in the checkpoint at {expected.EndOffset}");
        }
    }

    private void Take(LogPosition position, ReadOnlyMemory<byte> record)
    {
        var kind = RecordFormat.KindOf(record.Span);
        if (kind == RecordKind.AbandonParts)
        {
            _parts.Clear();
            return;
        }

        if (kind == RecordKind.AbandonGroup)
        {
            _parts.Clear();
            _group.Clear();
            return;
        }

        if (kind != RecordKind.Append || !RecordFormat.IsGrouped(record.Span))
            GiveBack(_group);
        AppendHeader? header = kind != RecordKind.Append ? null
            : AppendHeader.TryRead(record.Span) ?? throw RecordReader.Damaged(position, $"an append has {record.Length} bytes");
        CheckpointStream? stream = header is { } append && _streams.TryGetValue(append.StreamId, out CheckpointStream? found)
            && append.RowCount > found.Segments.SealedEnd - append.FirstOffset ? found : null;
        if (_parts.Count > 0 && (stream is null || !Continues(header!.Value)))
            throw Misfit(position, $"a batch of stream {_parts[0].Rows.StreamId} ends after {_parts.Count} of its parts");
        if (stream is not null)
            Take(position, stream, header!.Value, (AppendRecord)reader.ReadRecord(position, record));
    }

    private void Take(LogPosition position, CheckpointStream stream, AppendHeader header, AppendRecord rows)
    {
        // The parts before may be sealed, or stand before the begin of the log: then they are sealed, or belong to a batch that was abandoned.
        if (_parts.Count == 0 && header.Part > 0 && header.FirstOffset > stream.Segments.SealedEnd && position != _begin)
            throw Misfit(position, $"part {header.Part} of {header.PartCount} of a batch of stream '{stream.Name}' follows none");
        _parts.Add((rows, position));
        if (header.Part + 1 < header.PartCount)
            return;
        if (rows.IsGrouped)
            _group.AddRange(_parts);
        else
            GiveBack(_parts);
        _parts.Clear();
    }

    private void GiveBack(List<(AppendRecord Rows, LogPosition Position)> batches)
    {
        foreach ((AppendRecord rows, LogPosition rowsAt) in batches)
            GiveBack(rows, rowsAt);
        batches.Clear();
    }

    private void GiveBack(AppendRecord rows, LogPosition rowsAt)
    {
        CheckpointStream stream = _streams[rows.StreamId];
        StreamState state = catalog.Find(rows.StreamId)!;
        bool follows = rows.FirstOffset == state.EndOffset;
        bool reachesOut = state.EndOffset == stream.Segments.SealedEnd && rows.FirstOffset < state.EndOffset;
        if (!follows && !reachesOut)
            throw Misfit(rowsAt, $"rows of stream '{stream.Name}' begin at offset {rows.FirstOffset}, {state.EndOffset} is next");
        catalog.GiveBack(state, rows, rowsAt);
    }

    private bool Continues(AppendHeader header)
    {
        (AppendRecord first, _) = _parts[0];
        return header.StreamId == first.StreamId && header.PartCount == first.PartCount && header.Part == _parts[^1].Rows.Part + 1;
    }

    private static StorageException Misfit(LogPosition position, string what) =>
        new(StorageErrorCode.Corruption, $"log entry {position} does not fit the checkpoint: {what}");
}
