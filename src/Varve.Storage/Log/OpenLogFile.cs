using Varve.Storage.FileSystem;

namespace Varve.Storage.Log;

/// <summary>
/// A file of the log that is being written. Large writes pass by the page cache: on a part of the file that was never written that takes a fifth of the processor
/// time. They must be whole blocks in memory at a multiple of a block, as FASTER's pages are. One thread.
/// </summary>
internal sealed class OpenLogFile(IFile file, IFile? direct) : IDisposable
{
    /// <summary>What writes are made of: whole blocks of the page cache, which never have to be read before they are written.</summary>
    public const int BlockBytes = 4096;

    private const int SmallestDirectBytes = 512 << 10;

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        if (direct is null || bytes.Length < SmallestDirectBytes)
        {
            file.Write(bytes, offset);
            return;
        }

        // New entries are being copied into the last block while it is on its way. The page cache takes a copy of it; a disk that checksums what
        // passes by the cache would find it changed.
        int stable = bytes.Length - BlockBytes;
        direct.Write(bytes[..stable], offset);
        file.Write(bytes[stable..], offset + stable);
    }

    /// <summary>Makes both kinds of writes durable: a sync is the file's, not the descriptor's.</summary>
    public void SyncData() => file.SyncData();

    public void Dispose()
    {
        direct?.Dispose();
        file.Dispose();
    }
}
