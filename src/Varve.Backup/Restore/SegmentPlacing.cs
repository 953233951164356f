using Varve.Backup.Pace;
using Varve.Backup.Snapshots;
using Varve.Storage.FileSystem;

namespace Varve.Backup.Restore;

/// <summary>
/// The file of one segment while it is restored, piece by piece in any order: it stands aside, and gets its name when the last piece is written and all of it
/// is synced. Several threads, each with pieces of its own.
/// </summary>
internal sealed class SegmentPlacing : IDisposable
{
    private readonly IFileSystem _files;
    private readonly string _path;
    private readonly PortionWriter _writer;
    private readonly IFile _file;
    private readonly long[] _starts;
    private int _writtenCount;

    /// <exception cref="BackupException"><see cref="BackupErrorCode.Damaged"/>: the pieces are not the segment's.</exception>
    public SegmentPlacing(IFileSystem files, string path, SegmentPieces pieces, PortionWriter writer)
    {
        _files = files;
        _path = path;
        _writer = writer;
        Pieces = pieces;
        _starts = new long[pieces.Objects.Count];
        long at = 0;
        for (int i = 0; i < _starts.Length; i++)
        {
            _starts[i] = at;
            at += pieces.Objects[i].ContentBytes;
        }

        if (at != pieces.FileBytes)
            throw new BackupException(BackupErrorCode.Damaged, $"segment {pieces.Id} has {at} bytes in the repository, {pieces.FileBytes} were copied");
        if (files.FileExists(Aside))
            files.Delete(Aside);
        _file = files.Create(Aside);
    }

    public SegmentPieces Pieces { get; }

    private string Aside => _path + WholeFile.AsideSuffix;

    /// <summary>Writes a piece, and ends the file where it was the last one that was missing.</summary>
    public void Write(int number, ReadOnlySpan<byte> content)
    {
        _writer.Write(_file, content, _starts[number]);
        if (Interlocked.Increment(ref _writtenCount) < _starts.Length)
            return;
        _file.Sync();
        _file.ReleaseCache();
        _file.Dispose();
        _files.Rename(Aside, _path);
    }

    public void Dispose() => _file.Dispose();
}
