using Varve.Storage.FileSystem;

namespace Varve.Storage.Log;

/// <summary>
/// A file of the log that is being written, past the page cache where the file system can do that: it takes a fraction of the processor time, and on
/// a part of the file that was never written half of the time. Writes are whole blocks, in memory at a multiple of a block, as FASTER's pages are.
/// One thread.
/// </summary>
internal sealed class OpenLogFile : IDisposable
{
    /// <summary>What writes are made of: a block of the page cache, or of a disk.</summary>
    public const int BlockBytes = 4096;

    private readonly IFile _file;
    private readonly AlignedMemory? _lastBlock;

    /// <param name="file">Owned from now on.</param>
    /// <param name="isDirect">Whether writes to it pass by the page cache.</param>
    public OpenLogFile(IFile file, bool isDirect)
    {
        _file = file;
        _lastBlock = isDirect ? new AlignedMemory(BlockBytes) : null;
    }

    /// <summary>
    /// Writes the blocks. New entries may be being copied into the last one meanwhile, behind those that this write is for: a copy of it is written,
    /// since a disk that checksums what it reads from memory must not find it changed.
    /// </summary>
    public void Write(ReadOnlySpan<byte> blocks, long offset)
    {
        if (_lastBlock is null)
        {
            _file.Write(blocks, offset);
            return;
        }

        int stable = blocks.Length - BlockBytes;
        blocks[stable..].CopyTo(_lastBlock.Span);
        _file.Write(blocks[..stable], _lastBlock.Span, offset);
    }

    public void SyncData() => _file.SyncData();

    /// <summary>
    /// What stands in a file that was deleted or moved away, or whose disk was taken away, is gone with the next restart, however often it was synced.
    /// </summary>
    public void RequireInPlace()
    {
        if (!_file.IsInPlace)
            throw Errno.Exception(Errno.NoEntry, "looking for the log's file at the path", _file.Path);
    }

    public void Dispose()
    {
        _file.Dispose();
        _lastBlock?.Dispose();
    }
}
