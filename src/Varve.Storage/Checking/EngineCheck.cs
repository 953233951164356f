using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Log;
using Varve.Storage.Recovery;
using Varve.Storage.Segments;
using Varve.Storage.Streams;

namespace Varve.Storage.Checking;

/// <summary>Verifies the files of an engine that is open, while appends and reads go on. Any number of checks at once.</summary>
/// <param name="directory">The data directory.</param>
/// <param name="nodeId">Whose it is.</param>
/// <param name="keys">Open what is sealed.</param>
/// <param name="log">The log.</param>
/// <param name="streams">Those that exist at a moment.</param>
internal sealed class EngineCheck(string directory, Guid nodeId, Keyring keys, DurableLog log, Func<CatalogHead> streams)
{
    private const int AttemptsMax = 3;

    /// <summary>Reads on the caller's thread.</summary>
    /// <param name="fileSystem">Counts what is read, and says how fast.</param>
    /// <param name="found">Called for each damage as it is found.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    public CheckReport Run(MeteredFileSystem fileSystem, Action<Damage> found, CancellationToken cancellationToken)
    {
        CheckRun run = new(fileSystem, directory, found);
        run.Node();
        run.KeyringFileOnly();
        run.Checkpoint(nodeId, keys);
        run.Control(run.PathOf(DataDirectory.LogName), AttemptsMax);
        run.Verify(run.PathOf(DataDirectory.LogName), () => CheckLog(fileSystem, run, cancellationToken));
        foreach (StreamState stream in streams().Streams.Values.OrderBy(s => s.Id))
        {
            foreach (SegmentInfo segment in stream.Head.Segments)
            {
                cancellationToken.ThrowIfCancellationRequested();
                string path = run.PathOf(DataDirectory.SegmentsName, SegmentDirectory.NameOf(segment.Id));
                run.Segment(path, segment, stream.Name, keys.Key, () => stream.Head.IsDropped || !stream.Head.Segments.Contains(segment));
            }
        }

        return run.Report(fileSystem.BytesRead);
    }

    /// <summary>Entries that the log lets go of meanwhile are not missed.</summary>
    private void CheckLog(MeteredFileSystem fileSystem, CheckRun run, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                run.LogEntryCount = 0;
                foreach (LogEntry _ in log.ReadAsync(log.BeginPosition, fileSystem, cancellationToken).ToBlockingEnumerable(cancellationToken))
                    run.LogEntryCount++;
                return;
            }
            catch (StorageException gone) when (gone.Code == StorageErrorCode.OffsetOutOfRange && attempt < AttemptsMax)
            {
                // Begun again where the log begins now.
            }
        }
    }
}
