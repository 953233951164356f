namespace Varve.Storage.Log;

/// <summary>
/// Where addresses of FASTER's endless byte sequence stand on the disk. Pages follow each other without gaps; a fixed number of them fills a file,
/// behind its header. No entry crosses a page.
/// </summary>
internal readonly record struct LogLayout(int PageBytes, long SegmentBytes)
{
    /// <summary>FASTER's first address: the bytes before it are never used.</summary>
    public const int FirstAddress = 64;

    /// <summary>FASTER's own header of an entry: its length.</summary>
    public const int LengthBytes = 4;

    /// <summary>FASTER starts every entry at a multiple of this.</summary>
    public const int Alignment = 4;

    public long PagesPerFile => SegmentBytes / PageBytes;

    /// <summary>The largest payload of an entry that fills a page.</summary>
    public int MaxPayloadBytes => PageBytes - LengthBytes - EntryHeader.Bytes;

    public long Page(long address) => address / PageBytes;

    public int OffsetInPage(long address) => (int)(address % PageBytes);

    public long PageStart(long page) => page == 0 ? FirstAddress : page * PageBytes;

    public long File(long address) => address / SegmentBytes;

    public long OffsetInFile(long address) => LogFileHeader.BlockBytes + (address % SegmentBytes);

    /// <summary>What an entry takes of its page.</summary>
    public static int EntryBytes(int payloadBytes) => (LengthBytes + EntryHeader.Bytes + payloadBytes + Alignment - 1) & -Alignment;
}
