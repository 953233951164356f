using Varve.Storage.Catalog;
using Varve.Storage.Checking;
using Varve.Storage.FileSystem;
using Varve.Storage.Recovery;
using Varve.Storage.Segments;
using Varve.Storage.Segments.Sealing;
using Varve.Storage.Sequencing;
using Varve.Storage.Streams;

namespace Varve.Storage;

/// <summary>Whether the disk still has what was written.</summary>
public sealed partial class StorageEngine
{
    /// <summary>What the check in the background found in its last full pass; empty before the first.</summary>
    public IReadOnlyList<Damage> Damage => _meter.Scrubbing.Damage;

    /// <summary>
    /// Reads and verifies everything that the node has, as fast as the disk gives it. Appends and reads go on. Changes nothing. Throws
    /// <see cref="OperationCanceledException"/> where it is called off.
    /// </summary>
    /// <param name="found">Called for each damage as it is found, on a thread of the pool.</param>
    /// <param name="cancellationToken">Calls it off.</param>
    public Task<CheckReport> CheckAsync(Action<Damage> found, CancellationToken cancellationToken = default) => Task.Run(
        () => _check.Run(new MeteredFileSystem(_fileSystem, _ => cancellationToken.ThrowIfCancellationRequested()), found, cancellationToken),
        cancellationToken);

    /// <summary>Makes a segment anew from the log. Null when that is done; else why it cannot be, and nothing was changed.</summary>
    /// <param name="streamName">The stream.</param>
    /// <param name="fileName">The segment's file.</param>
    /// <param name="cancellationToken">Ends the reading of the log.</param>
    internal async Task<string?> RepairSegmentAsync(string streamName, string fileName, CancellationToken cancellationToken)
    {
        PendingCapture capture = new(_catalog, () => VisibleUpTo);
        _sequencer.Submit(capture);
        CheckpointState state = (await capture.Result.ConfigureAwait(false)).ToState();
        StreamState stream = _catalog.Head.Find(streamName);
        SegmentInfo? damaged = stream.Head.Segments.FirstOrDefault(segment => SegmentDirectory.NameOf(segment.Id) == fileName);
        SegmentMaker maker = new(_fileSystem, _segmentFiles, NodeId);
        return damaged is null
            ? "the stream has no such segment"
            : await new SegmentRepair(_log, _keys, _segmentFiles, maker, _segmentChanges).TryAsync(state, stream, damaged, cancellationToken)
                .ConfigureAwait(false);
    }
}
