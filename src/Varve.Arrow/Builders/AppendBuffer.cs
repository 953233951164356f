namespace Varve.Arrow.Builders;

/// <summary>
/// Bytes that grow at the end, by doubling; a buffer that has come to a quarter of what is expected takes all of it, which saves two copies.
/// One thread writes; any thread may call <see cref="First"/> for bytes whose writing it has learned of.
/// Growth copies into a bigger memory and leaves the old one to the snapshots that hold it, so written bytes never move or change.
/// </summary>
internal sealed class AppendBuffer(long hintBytes = 0)
{
    private const int FirstCapacityBytes = 128;

    private volatile AlignedMemory? _memory;

    public int CapacityBytes => _memory?.CapacityBytes ?? 0;

    /// <summary>True when this many bytes can lie in one buffer.</summary>
    public static bool CanHold(long bytes) => bytes <= AlignedMemory.CapacityBytesMax;

    /// <summary>All bytes up to the capacity, of which those at and beyond <paramref name="usedBytes"/> are free to be written.</summary>
    /// <param name="usedBytes">Bytes written so far; they are kept.</param>
    /// <param name="moreBytes">Room that must be free behind them.</param>
    public Span<byte> Reserve(int usedBytes, long moreBytes)
    {
        long neededBytes = usedBytes + moreBytes;
        AlignedMemory? memory = _memory;
        if (memory is null || neededBytes > memory.CapacityBytes)
            _memory = memory = Grow(memory, usedBytes, neededBytes);
        return memory.Span;
    }

    /// <summary>The first bytes, which must have been written.</summary>
    public ReadOnlyMemory<byte> First(int lengthBytes) =>
        lengthBytes == 0 ? default : _memory!.First(lengthBytes);

    public ReadOnlySpan<byte> Written(int lengthBytes) => First(lengthBytes).Span;

    private AlignedMemory Grow(AlignedMemory? old, int usedBytes, long neededBytes)
    {
        if (!CanHold(neededBytes))
            throw new ArrowFormatException($"a column buffer of {neededBytes} bytes passes the limit of {AlignedMemory.CapacityBytesMax} bytes");

        // Where the end is known, in few steps: each leaves the old memory behind, and new memory costs a page fault every 4 KiB.
        long capacityBytes = Math.Max(neededBytes, old is null ? FirstCapacityBytes : (neededBytes <= hintBytes ? 4L : 2L) * old.CapacityBytes);
        if (neededBytes <= hintBytes && (capacityBytes > hintBytes || neededBytes > hintBytes / 8))
            capacityBytes = hintBytes;
        capacityBytes = (capacityBytes + AlignedMemory.Alignment - 1) / AlignedMemory.Alignment * AlignedMemory.Alignment;
        AlignedMemory grown = new((int)Math.Min(capacityBytes, AlignedMemory.CapacityBytesMax));
        if (usedBytes > 0)
            old!.Span[..usedBytes].CopyTo(grown.Span);
        return grown;
    }
}
