namespace Varve.Backup.Restore;

/// <summary>A moment whose rows outside of segments take more memory than whoever looks at it may have.</summary>
internal sealed class TailTooLargeException(long position, long bytes, long bytesMax) : Exception(
    $"at position {position}, the rows that are in no segment take {bytes} bytes of memory; {bytesMax} may be used here")
{
    /// <summary>The first entry that was too much.</summary>
    public long Position => position;
}
