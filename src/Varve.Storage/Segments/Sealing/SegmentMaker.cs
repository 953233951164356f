using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Sequencing;

namespace Varve.Storage.Segments.Sealing;

/// <summary>
/// Makes segment files: written aside, synced, given their name, the name made durable. Only then the catalog may hear of one. A file that could not
/// be finished is thrown away, never written on. Without state of its own; any thread.
/// </summary>
internal sealed class SegmentMaker(IFileSystem fileSystem, SegmentFiles files, Guid nodeId)
{
    /// <summary>Writes a segment. Durable when it returns.</summary>
    /// <exception cref="IOException">The file could not be written; nothing of it is left.</exception>
    public SegmentInfo Make(long id, SegmentSource rows, SegmentDraft draft)
    {
        SegmentInfo made = Make(id, path => SegmentWriter.Write(fileSystem, path, rows, new SegmentIdentity(id, draft.StreamId, nodeId), draft.Key));
        return made with { RawBytes = draft.RawBytes, ClusteredBy = draft.ClusteredBy };
    }

    /// <summary>Writes a segment that has the pages of another one, which may be of another node. Durable when it returns.</summary>
    /// <exception cref="IOException">The file could not be written; nothing of it is left.</exception>
    public SegmentInfo Make(long id, SegmentFile pages, long streamId, StreamKey key) =>
        Make(id, path => pages.Reseal(fileSystem, path, new SegmentIdentity(id, streamId, nodeId), key));

    private SegmentInfo Make(long id, Func<string, SegmentInfo> write)
    {
        string path = files.PathOf(id);
        string unfinished = path + WholeFile.AsideSuffix;
        try
        {
            SegmentInfo written = write(unfinished);
            fileSystem.Rename(unfinished, path);
            fileSystem.SyncDirectory(files.Directory);
            return written;
        }
        catch
        {
            Discard(unfinished);
            Discard(path);
            throw;
        }
    }

    /// <summary>
    /// Has the catalog hear of a segment, and throws it away where the disk has no room for that: then nothing was written of it. Where it fails
    /// otherwise, the node stops and the catalog may have the segment already: its file stays for the recovery to judge.
    /// </summary>
    public SegmentOutcome Tell(SegmentInfo made, Task<SegmentOutcome> change)
    {
        try
        {
            return change.GetAwaiter().GetResult();
        }
        catch (StorageException refused) when (refused.Code == StorageErrorCode.DiskFull)
        {
            Discard(made);
            throw;
        }
    }

    /// <summary>Throws away a segment that the catalog will not hear of.</summary>
    public void Discard(SegmentInfo segment) => Discard(files.PathOf(segment.Id));

    private void Discard(string path)
    {
        try
        {
            if (fileSystem.FileExists(path))
                fileSystem.Delete(path);
        }
        catch (IOException)
        {
            // It harms nothing: no catalog entry names it, so the next start deletes it.
        }
    }
}
