using System.Runtime.CompilerServices;
using Varve.Arrow;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Recovery;
using Varve.Storage.Streams;

namespace Varve.Storage.Segments;

/// <summary>
/// The files of the segments in the catalog: one object a file, shared by all views, for as long as the catalog or a view refers to the segment. Any
/// thread.
/// </summary>
/// <remarks>
/// A file goes by being opened and then unlinked, so that views that show it read on: its bytes go when the last of them does. There is no list to
/// take it off, hence no moment at which a view could be made of a file that has just gone.
/// </remarks>
internal sealed class SegmentFiles(IFileSystem fileSystem, string directory, Func<long, int, StreamKey?> keyOf, SegmentCache cache)
{
    private readonly ConditionalWeakTable<SegmentInfo, SegmentFile> _files = [];

    public string Directory => directory;

    public string PathOf(long segmentId) => Path.Combine(directory, SegmentDirectory.NameOf(segmentId));

    /// <summary>The file of a segment; it is opened when something of it is first looked at.</summary>
    /// <param name="info">Of the catalog.</param>
    /// <param name="schema">The stream's, of any version that has all of the segment's columns.</param>
    public SegmentFile Of(SegmentInfo info, Schema schema) => _files.GetValue(info, i => Open(i, schema));

    /// <summary>Deletes the file of a segment that the catalog, durably, has no more. Views that show it read on.</summary>
    /// <exception cref="IOException">It could not be deleted; the next start will.</exception>
    /// <exception cref="StorageException">It is not there.</exception>
    public void Delete(RetiredSegment segment)
    {
        SegmentFile? file = segment.Shown is { } shown ? Of(shown.Info, shown.Schema) : null;
        fileSystem.Delete(PathOf(segment.Id), file?.OpenFile());
        fileSystem.SyncDirectory(directory);
        file?.Forget();
    }

    private SegmentFile Open(SegmentInfo info, Schema schema)
    {
        // Looked up now, not when the file is read: a view of a stream that is dropped meanwhile, and its key erased, reads on.
        StreamKey? key = keyOf(info.StreamId, info.KeyVersion);
        string path = PathOf(info.Id);
        return SegmentFile.Open(
            fileSystem,
            path,
            info,
            schema,
            version => key ?? throw SegmentDamage.InFile(
                path, $"it is sealed with version {version} of the key of stream {info.StreamId}, which the keyring does not have"),
            cache);
    }
}
