using Microsoft.Extensions.Logging;
using Varve.Storage.FileSystem;

namespace Varve.Storage.Log;

/// <summary>
/// The steps from a directory to a log that takes entries. First everything is read and judged, and only then is anything changed, so that a damaged
/// log stays as it was found.
/// </summary>
internal static class LogOpening
{
    private const int SmallestPageBytes = 4096;

    public delegate DurableLog Starter(DurableLogOptions options, ControlFile control, LogFiles files, LogRecovery recovered);

    public static DurableLog Open(
        DurableLogOptions options, Action<LogEntry> replay, Action judge, Starter start, CancellationToken cancellationToken)
    {
        CheckSizes(options);
        ControlFile? control = null;
        try
        {
            control = OpenControl(options);
            var files = new LogFiles(options.FileSystem, options.Directory, control.Header);
            IReadOnlyList<long> numbers = LogFiles.List(options.FileSystem, options.Directory);
            LogRecovery recovered = LogRecovery.Run(files, numbers, control.Newest, replay, cancellationToken);
            if (options.Term < recovered.Term)
                throw new StorageException(
                    StorageErrorCode.Unsupported, $"the log holds entries of term {recovered.Term}; it can't be continued in term {options.Term}");
            judge();
            SyncNames(options);
            RewriteInDoubt(files, recovered);
            StartIncarnation(control, files.Layout, recovered);
            files.DeleteBefore(files.Layout.File(control.Newest.BeginAddress));
            options.Logger.LogInformation("Log {Directory} opened at entry {Position}", options.Directory, recovered.Newest);
            return start(options, control, files, recovered);
        }
        catch (IOException failure)
        {
            control?.Dispose();
            throw LogDamage.Stopped($"opening the log in {options.Directory} failed", failure);
        }
        catch
        {
            control?.Dispose();
            throw;
        }
    }

    private static void CheckSizes(DurableLogOptions options)
    {
        static bool IsPowerOfTwo(long bytes) => bytes > 0 && (bytes & (bytes - 1)) == 0;
        bool fits = IsPowerOfTwo(options.PageBytes) && IsPowerOfTwo(options.MemoryBytes) && IsPowerOfTwo(options.SegmentBytes)
            && options.PageBytes >= SmallestPageBytes && options.MemoryBytes / options.PageBytes >= 4
                && options.SegmentBytes / options.PageBytes >= 2;
        if (!fits)
        {
            throw new StorageException(
                StorageErrorCode.Unsupported,
                $"the log's sizes must be powers of two, a page at least {SmallestPageBytes} bytes, the memory at least 4 pages and a file at least 2;"
                + $" they are {options.PageBytes}, {options.MemoryBytes} and {options.SegmentBytes}");
        }
    }

    private static ControlFile OpenControl(DurableLogOptions options)
    {
        IFileSystem fileSystem = options.FileSystem;
        string directory = options.Directory;
        if (!fileSystem.DirectoryExists(directory))
            fileSystem.CreateDirectory(directory);
        string path = Path.Combine(directory, ControlFile.FileName);
        if (!fileSystem.FileExists(path))
        {
            // The control file is made before anything else. Without it the log would look empty and be overwritten.
            if (LogFiles.List(fileSystem, directory).Count > 0)
                throw LogDamage.InFile(path, 0, "the control file is missing, though files with entries exist");
            ControlFile.Create(
                fileSystem, directory, new LogFileHeader(LogFileKind.Control, Guid.NewGuid(), Number: 0, options.SegmentBytes, options.PageBytes));
        }

        ControlFile control = ControlFile.Open(fileSystem, directory);
        LogFileHeader header = control.Header;
        if (header.PageBytes == options.PageBytes && header.SegmentBytes == options.SegmentBytes)
            return control;
        control.Dispose();
        throw new StorageException(
            StorageErrorCode.Unsupported,
            $"the log in {directory} was created with pages of {header.PageBytes} and files of {header.SegmentBytes} bytes,"
            + $" which can't be changed; {options.PageBytes} and {options.SegmentBytes} were asked for");
    }

    /// <summary>Names that a restart found may be those of a process that ended before it could sync them.</summary>
    private static void SyncNames(DurableLogOptions options)
    {
        options.FileSystem.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(options.Directory))!);
        options.FileSystem.SyncDirectory(options.Directory);
    }

    /// <summary>
    /// Entries that were read, but that nobody was told to be durable, may stand in the page cache only: a sync that failed before a restart of the
    /// process leaves such pages behind, marked clean. From now on they count, so they are written again, which makes the pages dirty, and synced.
    /// </summary>
    private static void RewriteInDoubt(LogFiles files, LogRecovery recovered)
    {
        var buffer = new byte[1 << 20];
        for (long address = recovered.InDoubtFrom; address < recovered.Tail;)
        {
            long fileEnd = Math.Min((files.Layout.File(address) + 1) * files.Layout.SegmentBytes, recovered.Tail);
            using IFile file = files.Open(files.Layout.File(address), forWriting: true);
            while (address < fileEnd)
            {
                Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, fileEnd - address));
                long offset = files.Layout.OffsetInFile(address);
                if (file.Read(piece, offset) < piece.Length)
                    throw LogDamage.InFile(file.Path, offset, "the file ends within an entry");
                file.Write(piece, offset);
                address += piece.Length;
            }

            file.SyncData();
        }
    }

    /// <summary>
    /// Entries written from now on carry a number that none in the files has, so that leftovers behind the tail are never taken for their successors.
    /// It stands in both commit records before the first of them is written, so it survives the loss of either.
    /// </summary>
    private static void StartIncarnation(ControlFile control, LogLayout layout, LogRecovery recovered)
    {
        CommitSlot record = control.Newest;
        CommitSlot opened = record with
        {
            DurableUpTo = recovered.Newest,
            LastFile = recovered.Newest < record.BeginPosition ? record.LastFile : layout.File(recovered.Tail - 1),
            Term = Math.Max(record.Term, recovered.Term),
            Incarnation = recovered.HighestIncarnation + 1,
            Closed = false,
        };
        control.Write(opened);
        control.Write(opened);
    }
}
