using System.Runtime.InteropServices;

namespace Varve.Storage.Log;

/// <summary>
/// Reads the whole log: hands its entries over in order, finds where it ends, and tells a torn tail from damage. It changes nothing. One thread.
/// </summary>
/// <remarks>
/// The log ends at the first place where the next entry does not stand, neither there nor at the start of the next page. That is a torn tail only if
/// nobody was ever told that an entry from there on is durable. Three witnesses say otherwise: the commit records; every entry that still stands
/// behind the end, since it carries the newest position that was durable when it was written; and the files that the commit records name.
/// </remarks>
internal sealed class LogRecovery
{
    private readonly LogFiles _files;
    private readonly CommitSlot _record;
    private readonly Action<LogEntry> _replay;
    private readonly EntryParser _parser;
    private readonly byte[] _page;
    private readonly long _pageCount;
    private readonly Queue<(LogPosition Position, long Address)> _inDoubt = new();

    private long _tail;
    private string _found = "";

    private LogRecovery(LogFiles files, long lastFile, CommitSlot record, Action<LogEntry> replay)
    {
        _files = files;
        _record = record;
        _replay = replay;
        _parser = new EntryParser(files.Salt) { Expected = record.BeginPosition };
        _page = GC.AllocateUninitializedArray<byte>(files.Layout.PageBytes);
        _pageCount = (lastFile + 1) * files.Layout.PagesPerFile;
        _tail = record.BeginAddress;
        ProvenUpTo = record.DurableUpTo;
        HighestIncarnation = record.Incarnation;
    }

    /// <summary>FASTER's address behind the last entry.</summary>
    public long Tail => _tail;

    /// <summary>The last entry.</summary>
    public LogPosition Newest => new(_parser.Expected.Value - 1);

    /// <summary>Up to here the entries are known to be on the disk; those behind may only be in the page cache.</summary>
    public LogPosition ProvenUpTo { get; private set; }

    /// <summary>Where the first entry that is not proven to be on the disk starts; the tail if there is none.</summary>
    public long InDoubtFrom => _inDoubt.TryPeek(out (LogPosition, long Address) first) ? first.Address : _tail;

    public long Term => _parser.Term;

    /// <summary>No entry of a higher incarnation exists anywhere in the files.</summary>
    public uint HighestIncarnation { get; private set; }

    public PageIndex Pages { get; } = new();

    public static LogRecovery Run(
        LogFiles files, IReadOnlyList<long> numbers, CommitSlot record, Action<LogEntry> replay, CancellationToken cancellationToken)
    {
        var recovery = new LogRecovery(files, LastFile(files, numbers, record), record, replay);
        using var source = new PageSource(files);
        recovery.ReadEntries(source, cancellationToken);
        recovery.CheckCommitRecord();
        recovery.CheckFilesBehindTail(numbers);
        if (!record.Closed || recovery.Newest != record.DurableUpTo)
            recovery.SearchBehindTail(source, cancellationToken);
        return recovery;
    }

    /// <summary>The number of the last file; damage where one is missing that must exist.</summary>
    private static long LastFile(LogFiles files, IReadOnlyList<long> numbers, CommitSlot record)
    {
        long first = files.Layout.File(record.BeginAddress);
        long last = Math.Max(numbers.Count == 0 ? -1 : numbers[^1], record.LastFile);
        var existing = numbers.ToHashSet();
        for (long number = first; number <= last; number++)
        {
            if (!existing.Contains(number))
                throw LogDamage.InFile(files.PathOf(number), 0, "the file is missing");
        }

        return last;
    }

    private void ReadEntries(PageSource source, CancellationToken cancellationToken)
    {
        for (long page = _files.Layout.Page(_tail); page < _pageCount; page++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            source.Read(page, _page);
            long start = Math.Max(_record.BeginAddress, _files.Layout.PageStart(page));
            long end = ReadPage(page, start);
            // Nothing on this page: the log ended on the page before, or nowhere yet. The first page of all may be too short for the first entry.
            if (end == start && page > _files.Layout.Page(_record.BeginAddress))
                return;
        }
    }

    /// <summary>Hands over the entries from an address on and returns the address behind the last.</summary>
    private long ReadPage(long page, long start)
    {
        long address = start;
        int offset = _files.Layout.OffsetInPage(start);
        string reason;
        while (_parser.Next(_page, offset, out reason) is { } header)
        {
            _replay(new LogEntry(header.Position, header.Term, _page.AsMemory(offset + LogLayout.LengthBytes + EntryHeader.Bytes, header.PayloadBytes)));
            Pages.Add(page, header.Position);
            NoteWitness(header, address);
            int taken = LogLayout.EntryBytes(header.PayloadBytes);
            offset += taken;
            address += taken;
        }

        if (address > start || _found.Length == 0)
        {
            _tail = address;
            _found = reason;
        }

        return address;
    }

    private void NoteWitness(EntryHeader header, long address)
    {
        if (header.DurableBefore > ProvenUpTo)
            ProvenUpTo = header.DurableBefore;
        HighestIncarnation = Math.Max(HighestIncarnation, header.Incarnation);
        _inDoubt.Enqueue((header.Position, address));
        while (_inDoubt.TryPeek(out (LogPosition Position, long) oldest) && oldest.Position <= ProvenUpTo)
            _inDoubt.Dequeue();
    }

    private void CheckCommitRecord()
    {
        if (Newest < _record.DurableUpTo)
            throw Damage($"the commit record says that everything up to {_record.DurableUpTo} was durable");
    }

    /// <summary>Files that hold nothing yet will be written to: that one of them is not what its name says is found out now, and not then.</summary>
    private void CheckFilesBehindTail(IReadOnlyList<long> numbers)
    {
        foreach (long number in numbers.Where(n => n > _files.Layout.File(_tail)))
            _files.Open(number, forWriting: false).Dispose();
    }

    /// <summary>Looks at every place behind the tail where an entry may stand.</summary>
    private void SearchBehindTail(PageSource source, CancellationToken cancellationToken)
    {
        for (long page = _files.Layout.Page(_tail); page < _pageCount; page++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            source.Read(page, _page);
            int from = page == _files.Layout.Page(_tail) ? _files.Layout.OffsetInPage(_tail) : 0;
            ReadOnlySpan<byte> rest = _page.AsSpan(from);
            ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(rest);
            for (int at = 0, next; (next = words[at..].IndexOf(EntryHeader.Magic)) >= 0; at++)
            {
                at += next;
                if (EntryHeader.TryRead(rest[(at * sizeof(uint))..], _files.Salt, out EntryHeader header))
                    Question(header, (page * _files.Layout.PageBytes) + from + (at * sizeof(uint)));
            }
        }
    }

    private void Question(EntryHeader header, long address)
    {
        HighestIncarnation = Math.Max(HighestIncarnation, header.Incarnation);
        if (header.DurableBefore > Newest)
        {
            throw Damage(
                $"entry {header.Position} at {_files.PathOf(_files.Layout.File(address))}, offset {_files.Layout.OffsetInFile(address)}"
                + $" says that everything up to {header.DurableBefore} was durable");
        }
    }

    private StorageException Damage(string witness) => LogDamage.InFile(
        _files.PathOf(_files.Layout.File(_tail)), _files.Layout.OffsetInFile(_tail), $"found {_found} where entry {_parser.Expected} was expected, but {witness}");
}
