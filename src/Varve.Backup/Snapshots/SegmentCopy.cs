using System.Buffers;
using Varve.Storage.FileSystem;
using Varve.Storage.Segments;
using Varve.Storage.Segments.Format;

namespace Varve.Backup.Snapshots;

/// <summary>Puts the file of one segment into a repository, piece by piece. Several threads, each with pieces of its own.</summary>
internal sealed class SegmentCopy : IDisposable
{
    private readonly ObjectStore _store;
    private readonly IFile _file;
    private readonly SegmentInfo _segment;
    private readonly ObjectRef[] _objects;
    private int _copiedCount;

    private SegmentCopy(ObjectStore store, IFile file, SegmentInfo segment, string salt)
    {
        _store = store;
        _file = file;
        _segment = segment;
        _objects = new ObjectRef[(segment.FileBytes + SnapshotManifest.PieceBytes - 1) / SnapshotManifest.PieceBytes];
        Salt = salt;
    }

    /// <summary>Tells this file of a segment from all others, of any node.</summary>
    public string Salt { get; }

    public int PieceCount => _objects.Length;

    /// <param name="store">Takes the pieces.</param>
    /// <param name="file">Belongs to the result, and is closed where this fails.</param>
    /// <param name="segment">What the catalog says of it.</param>
    public static SegmentCopy Of(ObjectStore store, IFile file, SegmentInfo segment)
    {
        try
        {
            return new SegmentCopy(store, file, segment, Convert.ToHexStringLower(SegmentReader.ReadHeader(file).Salt.Span));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Puts one piece. Returns the whole, with the file closed, where it was the last one that was missing.</summary>
    public async Task<SegmentPieces?> CopyAsync(int piece, CancellationToken cancellationToken)
    {
        // Where it fails, what was called off may still read it: that memory goes to the collector.
        byte[] rented = ArrayPool<byte>.Shared.Rent(SnapshotManifest.PieceBytes);
        ReadOnlyMemory<byte> content = await _store.RunAsync(() => Read(piece, rented), cancellationToken).ConfigureAwait(false);
        _objects[piece] = await _store.PutAsync(content, cancellationToken).ConfigureAwait(false);
        ArrayPool<byte>.Shared.Return(rented);
        if (Interlocked.Increment(ref _copiedCount) < _objects.Length)
            return null;
        Dispose();
        return new SegmentPieces(_segment.Id, Salt, _segment.FileBytes, _objects);
    }

    public void Dispose() => _file.Dispose();

    private ReadOnlyMemory<byte> Read(int piece, byte[] buffer)
    {
        long at = (long)piece * SnapshotManifest.PieceBytes;
        Memory<byte> content = buffer.AsMemory(0, (int)Math.Min(SnapshotManifest.PieceBytes, _segment.FileBytes - at));
        int read = _file.Read(content.Span, at);
        return read == content.Length ? content : throw new BackupException(
            BackupErrorCode.Damaged, $"{_file.Path} has {at + read} bytes, the catalog says {_segment.FileBytes}; it cannot be copied");
    }
}
