using System.Text.Unicode;

namespace Varve.Arrow.Validation;

/// <summary>
/// UTF-8 of the values of views, at a cost that the bytes bound and not the views: any number of views may show the same bytes. Once the views
/// of a data buffer show more than it has, the buffer is checked as a whole, and a view then only has to begin and end between characters.
/// For one array, for one thread.
/// </summary>
internal sealed class ViewedText(ArrayData array)
{
    /// <summary>How often the bytes of a buffer that is not text throughout are looked at before such views are refused.</summary>
    private const int LooksMax = 64;

    private readonly long[] _shownBytes = new long[Math.Max(0, array.Buffers.Length - 2)];
    private readonly bool?[] _isText = new bool?[Math.Max(0, array.Buffers.Length - 2)];

    /// <param name="check">The array, for messages.</param>
    /// <param name="row">The view's row.</param>
    /// <param name="view">A view that lies within its buffer.</param>
    /// <param name="value">What it shows.</param>
    public bool IsValid(ColumnCheck check, int row, ref readonly ByteView view, ReadOnlySpan<byte> value)
    {
        if (view.IsInline)
            return Utf8.IsValid(value);
        ReadOnlySpan<byte> buffer = array.Buffers[2 + view.BufferIndex].Span;
        ref long shown = ref _shownBytes[view.BufferIndex];
        shown += value.Length;
        if (shown <= buffer.Length)
            return Utf8.IsValid(value);
        if (_isText[view.BufferIndex] ??= Utf8.IsValid(buffer))
            return IsBoundary(buffer, view.Offset) && IsBoundary(buffer, view.Offset + view.Length);
        if (shown > (long)buffer.Length * LooksMax)
            throw check.Fail(row, $"views that show each byte at most {LooksMax} times, where a data buffer is not UTF-8 throughout", "more");
        return Utf8.IsValid(value);
    }

    private static bool IsBoundary(ReadOnlySpan<byte> text, int at) => at == text.Length || (text[at] & 0xC0) != 0x80;
}
