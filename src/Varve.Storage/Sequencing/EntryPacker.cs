using Varve.Storage.Log;
using Varve.Storage.Records;

namespace Varve.Storage.Sequencing;

/// <summary>
/// Puts records into log entries: small ones share an entry, since the log's cost is per entry; large ones get their own without another copy.
/// For the sequencer.
/// </summary>
internal sealed class EntryPacker(DurableLog log)
{
    /// <summary>Above this a record's own entry costs less than the copy into a shared one.</summary>
    private const int OwnEntryBytes = 16 << 10;

    private readonly byte[] _shared = new byte[Math.Min(log.MaxPayloadBytes, 256 << 10)];
    private int _length = RecordFormat.EntryHeaderBytes;
    private int _count;

    /// <summary>The longest record that an entry can hold.</summary>
    public int MaxRecordBytes { get; } = log.MaxPayloadBytes - RecordFormat.EntryHeaderBytes;

    /// <summary>What the records that wait for <see cref="Flush"/> take in the log at most, the unused end of a page included.</summary>
    public long WaitingBytesMax => 2L * (_length + EntryHeader.Bytes + LogLayout.LengthBytes + sizeof(int));

    /// <summary>Adds a record and returns the position of the entry that it will stand in. Not in the log before <see cref="Flush"/>.</summary>
    public LogPosition Add(ReadOnlySpan<byte> record)
    {
        if (record.Length >= OwnEntryBytes)
            return AddAlone(record);
        if (record.Length > _shared.Length - _length || _count == RecordFormat.RecordsPerEntryMax)
            Flush();
        if (record.Length > _shared.Length - _length)
            return AddAlone(record);
        record.CopyTo(_shared.AsSpan(_length));
        _length += record.Length;
        _count++;
        return log.AppendedUpTo.Next;
    }

    /// <summary>Adds a record that shares its entry with none.</summary>
    public LogPosition AddAlone(ReadOnlySpan<byte> record)
    {
        Flush();
        Span<byte> header = stackalloc byte[RecordFormat.EntryHeaderBytes];
        RecordFormat.WriteEntryHeader(header, 1);
        return log.Enqueue(header, record);
    }

    /// <summary>Gives the log what has been added.</summary>
    public void Flush()
    {
        if (_count == 0)
            return;
        RecordFormat.WriteEntryHeader(_shared, _count);
        log.Enqueue(_shared.AsSpan(0, _length), default);
        _length = RecordFormat.EntryHeaderBytes;
        _count = 0;
    }
}
