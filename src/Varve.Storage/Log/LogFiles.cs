using System.Globalization;
using Varve.Storage.FileSystem;

namespace Varve.Storage.Log;

/// <summary>
/// The files that hold the entries, by number. A file gets its name only when it has its full length and its header is durable, so a short or
/// headless one is damage, and one that is missing, but for those before the log's begin, was lost. Any thread.
/// </summary>
internal sealed class LogFiles(IFileSystem fileSystem, string directory, LogFileHeader log)
{
    /// <summary>Of files that are not finished; what a crash leaves of them means nothing.</summary>
    public const string AsideSuffix = ".new";

    private const string Suffix = ".log";
    private const int NameDigits = 10;

    private readonly Lock _creation = new();
    private IOException? _nameInDoubt;

    public LogLayout Layout { get; } = new(log.PageBytes, log.SegmentBytes);

    public uint Salt { get; } = log.Salt;

    private long FileBytes => LogFileHeader.BlockBytes + log.SegmentBytes;

    /// <summary>The same files, read by way of another file system.</summary>
    public LogFiles By(IFileSystem other) => new(other, directory, log);

    public string PathOf(long number) => Path.Combine(directory, number.ToString("D10", CultureInfo.InvariantCulture) + Suffix);

    public bool Exists(long number) => fileSystem.FileExists(PathOf(number));

    /// <summary>The numbers of the files in a directory, in order.</summary>
    public static IReadOnlyList<long> List(IFileSystem fileSystem, string directory)
    {
        var numbers = new List<long>();
        foreach (string name in fileSystem.ListFiles(directory))
        {
            if (name.Length == NameDigits + Suffix.Length && name.EndsWith(Suffix, StringComparison.Ordinal)
                && long.TryParse(name.AsSpan(0, NameDigits), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            {
                numbers.Add(number);
            }
        }

        return numbers;
    }

    /// <summary>Opens a file of the log, for its one writer or for reading. Damage where it is not what its name says.</summary>
    public IFile Open(long number, bool forWriting)
    {
        string path = PathOf(number);
        IFile file = forWriting ? fileSystem.Open(path) : fileSystem.OpenRead(path);
        try
        {
            Check(file, number);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file of the log to be written, by one thread.</summary>
    public OpenLogFile OpenForWriting(long number)
    {
        IFile file = Open(number, forWriting: true);
        try
        {
            IFile? direct = fileSystem.OpenDirect(PathOf(number));
            if (direct is null)
                return new OpenLogFile(file, isDirect: false);
            file.Dispose();
            return new OpenLogFile(direct, isDirect: true);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Makes the file durable, all zeros, unless it exists.</summary>
    public void Ensure(long number)
    {
        lock (_creation)
        {
            if (_nameInDoubt is { } before)
                throw LogDamage.Stopped("the name of a file of the log may be lost", before);
            string path = PathOf(number);
            if (fileSystem.FileExists(path))
                return;
            string aside = path + AsideSuffix;
            if (fileSystem.FileExists(aside))
                fileSystem.Delete(aside);
            using (IFile file = fileSystem.Create(aside))
            {
                file.SetLength(FileBytes);
                file.Write((log with { Kind = LogFileKind.Entries, Number = number }).ToBlock(), 0);
                file.Sync();
            }

            fileSystem.Rename(aside, path);
            SyncName();
        }
    }

    /// <summary>Deletes the files before one. Those that were there are gone for good when it returns.</summary>
    public void DeleteBefore(long number)
    {
        bool any = false;
        foreach (long old in List(fileSystem, directory).TakeWhile(n => n < number))
        {
            fileSystem.Delete(PathOf(old));
            any = true;
        }

        if (any)
            fileSystem.SyncDirectory(directory);
    }

    /// <summary>
    /// What fails here is final, whoever it was that made the file: it has its name, and would be taken for durable by the next who looks.
    /// </summary>
    private void SyncName()
    {
        try
        {
            fileSystem.SyncDirectory(directory);
        }
        catch (IOException failure)
        {
            _nameInDoubt = failure;
            throw LogDamage.Stopped("the name of a file of the log may be lost", failure);
        }
    }

    private void Check(IFile file, long number)
    {
        if (file.Length != FileBytes)
            throw LogDamage.InFile(file.Path, 0, $"{file.Length} bytes where {FileBytes} were expected");
        Span<byte> block = stackalloc byte[LogFileHeader.BlockBytes];
        int read = file.Read(block, 0);
        LogFileHeader found = LogFileHeader.Parse(block[..read], file.Path);
        LogFileHeader expected = log with { Kind = LogFileKind.Entries, Number = number };
        if (found != expected)
            throw LogDamage.InFile(file.Path, 0, $"its header says {found} where {expected} was expected");
    }
}
