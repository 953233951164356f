using System.Buffers.Binary;
using Varve.Storage.FileSystem;

namespace Varve.Storage.Log;

/// <summary>
/// Writes entries of another log as a log of its own, with a new identity: from a first position on, without gaps. It is closed in order, and opens as
/// any other. Used by one thread; nothing is a log before <see cref="Finish"/> returns.
/// </summary>
internal sealed class LogRestore : IDisposable
{
    private const uint Incarnation = 1;

    private readonly IFileSystem _fileSystem;
    private readonly string _directory;
    private readonly LogFiles _files;
    private readonly LogPosition _first;
    private readonly byte[] _page;
    private LogPosition _next;
    private IFile? _file;
    private long _address = LogLayout.FirstAddress;
    private long _term;

    /// <param name="fileSystem">Where it is written.</param>
    /// <param name="directory">Exists, and is empty.</param>
    /// <param name="sizes">What the log will be opened with.</param>
    /// <param name="first">The position of its first entry.</param>
    public LogRestore(IFileSystem fileSystem, string directory, LogSizes sizes, LogPosition first)
    {
        _fileSystem = fileSystem;
        _directory = directory;
        _first = first;
        _next = first;
        _page = new byte[sizes.PageBytes];
        LogFileHeader header = new(LogFileKind.Control, Guid.NewGuid(), Number: 0, sizes.SegmentBytes, sizes.PageBytes);
        ControlFile.Create(fileSystem, directory, header);
        _files = new LogFiles(fileSystem, directory, header);
    }

    /// <summary>The position that comes next.</summary>
    public LogPosition Next => _next;

    /// <summary>Throws <see cref="StorageErrorCode.Unsupported"/> for an entry that is larger than a page.</summary>
    public void Add(long term, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > _files.Layout.MaxPayloadBytes)
        {
            throw new StorageException(
                StorageErrorCode.Unsupported, $"entry {_next} has {payload.Length} bytes, more than the log's limit of {_files.Layout.MaxPayloadBytes}");
        }

        int bytes = LogLayout.EntryBytes(payload.Length);
        if (bytes > _page.Length - _files.Layout.OffsetInPage(_address))
            TurnPage();
        Span<byte> target = _page.AsSpan(_files.Layout.OffsetInPage(_address), bytes);
        BinaryPrimitives.WriteInt32LittleEndian(target, EntryHeader.Bytes + payload.Length);
        uint checksum = Crc32C.Compute(payload, _files.Salt);
        new EntryHeader(_next, term, payload.Length, checksum, Incarnation, InDoubt: 1).Write(target[LogLayout.LengthBytes..], _files.Salt);
        payload.CopyTo(target[(LogLayout.LengthBytes + EntryHeader.Bytes)..]);
        _address += bytes;
        _next = _next.Next;
        _term = term;
        if (_files.Layout.OffsetInPage(_address) == 0)
            WritePage(_files.Layout.Page(_address) - 1);
    }

    /// <summary>Durable when it returns.</summary>
    public void Finish()
    {
        if (_files.Layout.OffsetInPage(_address) > 0 && _next > _first)
            WritePage(_files.Layout.Page(_address));
        _file?.Sync();
        using ControlFile control = ControlFile.Open(_fileSystem, _directory);
        CommitSlot slot = control.Newest with
        {
            BeginPosition = _first,
            DurableUpTo = new LogPosition(_next.Value - 1),
            LastFile = _next > _first ? _files.Layout.File(_address - 1) : -1,
            Term = _term,
            Incarnation = Incarnation,
        };
        control.Write(slot);
        control.Write(slot);
        _fileSystem.SyncDirectory(_directory);
    }

    public void Dispose() => _file?.Dispose();

    private void TurnPage()
    {
        long page = _files.Layout.Page(_address);
        WritePage(page);
        _address = _files.Layout.PageStart(page + 1);
    }

    private void WritePage(long page)
    {
        long start = page * _page.Length;
        string path = _files.PathOf(_files.Layout.File(start));
        if (_file?.Path != path)
        {
            _file?.Sync();
            _file?.Dispose();
            _files.Ensure(_files.Layout.File(start));
            _file = _files.Open(_files.Layout.File(start), forWriting: true);
        }

        _file.Write(_page, _files.Layout.OffsetInFile(start));
        Array.Clear(_page);
    }
}
