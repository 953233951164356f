using Varve.Storage.Keys;

namespace Varve.Storage.Segments.Format;

/// <summary>Where a page's payload is: in the file, with its seal behind it, or, if it is short, in the footer itself.</summary>
/// <param name="Number">The page's number; -1 for a payload in the footer.</param>
/// <param name="Place">Its place in the file; 0 for a payload in the footer.</param>
/// <param name="PayloadBytes">Without the seal.</param>
/// <param name="Inline">The payload, if it is in the footer.</param>
internal readonly record struct PagePlace(int Number, long Place, int PayloadBytes, ReadOnlyMemory<byte> Inline)
{
    /// <summary>A page of its own would take twice as much, and a read.</summary>
    public const int InlineBytesMax = 40;

    public bool IsInline => Place == 0;

    /// <summary>With its seal.</summary>
    public long StoredBytes => PayloadBytes + (IsInline ? 0 : PageCipher.SealBytes);
}
