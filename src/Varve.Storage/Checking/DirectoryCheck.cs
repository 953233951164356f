using Microsoft.Extensions.Logging.Abstractions;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Log;
using Varve.Storage.Recovery;
using Varve.Storage.Segments;
using Varve.Storage.Streams;

namespace Varve.Storage.Checking;

/// <summary>Verifies a data directory that no engine has open: every byte that has a checksum, in every file.</summary>
public static class DirectoryCheck
{
    /// <summary>
    /// Reads everything and changes nothing. Takes as much memory as opening the directory does. Throws
    /// <see cref="StorageErrorCode.DirectoryLocked"/> while an engine has it open, <see cref="StorageErrorCode.KeyMismatch"/> where the root key is
    /// not the right one, and <see cref="IOException"/> where there is no such directory.
    /// </summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="rootKey">Opens the keyring; null: the file <c>root.key</c> in the data directory.</param>
    /// <param name="cancellationToken">Ends the check between two files.</param>
    public static Task<CheckReport> RunAsync(string directory, RootKeySource? rootKey = null, CancellationToken cancellationToken = default) =>
        RunAsync(LinuxFileSystem.Instance, directory, rootKey, cancellationToken);

    internal static async Task<CheckReport> RunAsync(
        IFileSystem fileSystem, string directory, RootKeySource? rootKey, CancellationToken cancellationToken)
    {
        directory = Path.GetFullPath(directory);
        if (!fileSystem.DirectoryExists(directory))
            throw Errno.Exception(Errno.NoEntry, "open", directory);
        using DirectoryLock held = DirectoryLock.Take(fileSystem, directory);
        MeteredFileSystem metered = new(fileSystem, _ => { });
        CheckRun run = new(metered, directory, _ => { });
        NodeFile? node = run.Node();
        Keyring? keys = await OpenKeysAsync(metered, run, directory, rootKey, cancellationToken).ConfigureAwait(false);
        StreamCatalog? catalog = null;
        if (keys is not null)
        {
            if (node is not null)
                run.Checkpoint(node.NodeId, keys);
            catalog = CheckLog(metered, run, node, keys, cancellationToken);
        }
        else
        {
            CheckLog(metered, run, static _ => { }, cancellationToken);
        }

        CheckSegments(metered, run, catalog, keys, cancellationToken);
        return run.Report(metered.BytesRead);
    }

    /// <summary>Null where there is no keyring that can be read, which is noted.</summary>
    private static async Task<Keyring?> OpenKeysAsync(
        MeteredFileSystem fileSystem, CheckRun run, string directory, RootKeySource? rootKey, CancellationToken cancellationToken)
    {
        bool isWhole = run.FoundNothing;
        run.KeyringFileOnly();
        if (isWhole && !run.FoundNothing)
            return null;
        try
        {
            return await KeyringOpening.ReadAsync(fileSystem, directory, rootKey, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageException e) when (e.Code == StorageErrorCode.Corruption)
        {
            run.Note(new Damage(run.PathOf(KeyringFile.FileName), e.Message));
            return null;
        }
    }

    /// <summary>The catalog as a recovery would have it; null where there is none.</summary>
    private static StreamCatalog? CheckLog(
        MeteredFileSystem fileSystem, CheckRun run, NodeFile? node, Keyring keys, CancellationToken cancellationToken)
    {
        StateRecovery? recovery = null;
        string log = run.PathOf(DataDirectory.LogName);
        run.Verify(log, () =>
        {
            StateRecovery replayed = new(
                StoredCheckpoint.Find(fileSystem, run.PathOf(), node?.NodeId, keys), keys, NullLogger.Instance);
            if (!CheckLog(fileSystem, run, replayed.Replay, cancellationToken))
                return;
            replayed.Judge();
            replayed.Catalog.Publish();
            recovery = replayed;
        });
        return recovery?.Catalog;
    }

    /// <summary>Whether every entry could be replayed.</summary>
    private static bool CheckLog(MeteredFileSystem fileSystem, CheckRun run, Action<LogEntry> replay, CancellationToken cancellationToken)
    {
        string directory = run.PathOf(DataDirectory.LogName);
        if (run.Control(directory) is not { } control)
            return false;
        LogFiles files = new(fileSystem, directory, control.Header);
        IReadOnlyList<long> numbers = LogFiles.List(fileSystem, directory);
        foreach (long number in numbers)
        {
            run.Verify(files.PathOf(number), () =>
            {
                using IFile file = files.Open(number, forWriting: false);
            });
        }

        bool isWhole = false;
        run.Verify(directory, () =>
        {
            LogRecovery.Run(
                files,
                numbers,
                control.Newest,
                entry =>
                {
                    replay(entry);
                    run.LogEntryCount++;
                },
                cancellationToken);
            isWhole = true;
        });
        return isWhole;
    }

    private static void CheckSegments(
        MeteredFileSystem fileSystem, CheckRun run, StreamCatalog? catalog, Keyring? keys, CancellationToken cancellationToken)
    {
        string directory = run.PathOf(DataDirectory.SegmentsName);
        if (catalog is not null)
        {
            foreach (StreamState stream in catalog.Streams.OrderBy(s => s.Id))
            {
                foreach (SegmentInfo segment in stream.Segments.Items)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    run.Segment(Path.Combine(directory, SegmentDirectory.NameOf(segment.Id)), segment, stream.Name, (id, version) => keys!.Key(id, version));
                }
            }

            return;
        }

        // Without a catalog nobody knows which there have to be: those that are there are verified by themselves.
        if (!fileSystem.DirectoryExists(directory))
            return;
        foreach (string name in fileSystem.ListFiles(directory).Where(n => n.EndsWith(".seg", StringComparison.Ordinal)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string path = Path.Combine(directory, name);
            run.Verify(path, () =>
            {
                foreach (PageDamage page in SegmentInspection.Read(fileSystem, path, (id, version) => keys?.Key(id, version)).Damage)
                    run.Note(new Damage(path, page.Message) { Column = page.Column, Page = page.Page });
            });
        }
    }
}
