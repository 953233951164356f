using Varve.Storage.FileSystem;

namespace Varve.Storage.Log;

/// <summary>
/// The log's identity and its commit records: a header block and two slots that take turns, in a file that never changes its size.
/// One thread at a time.
/// </summary>
internal sealed class ControlFile : IDisposable
{
    public const string FileName = "control";

    private const int SlotStrideBytes = 4096;
    private const int SlotsAt = LogFileHeader.BlockBytes;
    private const int FileBytes = SlotsAt + (2 * SlotStrideBytes);

    private readonly IFile _file;
    private readonly byte[] _slot = new byte[CommitSlot.Bytes];

    private ControlFile(IFile file, LogFileHeader header, CommitSlot newest)
    {
        _file = file;
        Header = header;
        Newest = newest;
    }

    public LogFileHeader Header { get; }

    /// <summary>The newest commit record on the disk.</summary>
    public CommitSlot Newest { get; private set; }

    /// <summary>
    /// Makes the control file of a new log, with its first commit record, before anything else of the log exists: so that a log without one is
    /// always a damaged log.
    /// </summary>
    public static void Create(IFileSystem fileSystem, string directory, LogFileHeader header)
    {
        string path = Path.Combine(directory, FileName);
        string aside = path + LogFiles.AsideSuffix;
        if (fileSystem.FileExists(aside))
            fileSystem.Delete(aside);
        var bytes = new byte[FileBytes];
        header.ToBlock().CopyTo(bytes, 0);
        var first = new CommitSlot(
            1, LogLayout.FirstAddress, new LogPosition(1), LogPosition.None, LastFile: -1, Term: 0, Incarnation: 0, Closed: true);
        first.Write(SlotIn(bytes, first.Number), header.Salt);
        CommitSlot second = first with { Number = 2 };
        second.Write(SlotIn(bytes, second.Number), header.Salt);
        using (IFile file = fileSystem.Create(aside))
        {
            file.Write(bytes, 0);
            file.Sync();
        }

        fileSystem.Rename(aside, path);
        fileSystem.SyncDirectory(directory);
    }

    /// <summary>Throws <see cref="StorageErrorCode.Corruption"/> unless the header and at least one commit record are whole.</summary>
    public static ControlFile Open(IFileSystem fileSystem, string directory)
    {
        string path = Path.Combine(directory, FileName);
        IFile file = fileSystem.Open(path);
        try
        {
            (LogFileHeader header, CommitSlot newest, _) = Read(file);
            return new ControlFile(file, header, newest);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads what stands there, and how many of the two commit records are not whole. Fails as <see cref="Open"/>. Where somebody writes one meanwhile,
    /// that one may seem damaged.
    /// </summary>
    public static (LogFileHeader Header, CommitSlot Newest, int DamagedCount) Read(IFile file)
    {
        var bytes = new byte[FileBytes];
        if (file.Read(bytes, 0) != FileBytes || file.Length != FileBytes)
            throw LogDamage.InFile(file.Path, 0, $"{file.Length} bytes where {FileBytes} were expected");
        LogFileHeader header = LogFileHeader.Parse(bytes.AsSpan(0, LogFileHeader.BlockBytes), file.Path);
        if (header.Kind != LogFileKind.Control)
            throw LogDamage.InFile(file.Path, 0, $"a file of kind {(int)header.Kind} stands where the control file was expected");
        CommitSlot? even = CommitSlot.TryRead(SlotIn(bytes, 0), header.Salt);
        CommitSlot? odd = CommitSlot.TryRead(SlotIn(bytes, 1), header.Salt);
        CommitSlot newest = (even?.Number ?? 0) > (odd?.Number ?? 0) ? even!.Value
            : odd ?? throw LogDamage.InFile(file.Path, SlotsAt, "neither of its two commit records is whole");
        return (header, newest, even is null || odd is null ? 1 : 0);
    }

    /// <summary>Writes and syncs the next commit record. It gets its number here.</summary>
    public void Write(CommitSlot slot)
    {
        CommitSlot next = slot with { Number = Newest.Number + 1 };
        next.Write(_slot, Header.Salt);
        _file.Write(_slot, SlotAt(next.Number));
        _file.SyncData();
        Newest = next;
    }

    public void Dispose() => _file.Dispose();

    private static long SlotAt(long number) => SlotsAt + (number % 2 * SlotStrideBytes);

    private static Span<byte> SlotIn(byte[] bytes, long number) => bytes.AsSpan((int)SlotAt(number), CommitSlot.Bytes);
}
