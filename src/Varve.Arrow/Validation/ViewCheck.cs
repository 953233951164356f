using System.Runtime.InteropServices;

namespace Varve.Arrow.Validation;

/// <summary>Views of text and binary columns: within their buffers, prefixes as in the data, short values zero padded, text in UTF-8.</summary>
internal static class ViewCheck
{
    public static void Views(ColumnCheck check)
    {
        ArrayData array = check.Array;
        ViewedText? text = array.Type.Id == ArrowTypeId.Utf8View ? new ViewedText(array) : null;
        ReadOnlySpan<ByteView> views = ArrayLayout.Views(array);
        for (int row = 0; row < views.Length; row++)
        {
            if (array.IsNull(row))
                continue;
            ReadOnlySpan<byte> value = views[row].IsInline ? Short(check, row, in views[row]) : Long(check, row, in views[row]);
            if (text is not null && !text.IsValid(check, row, in views[row], value))
                throw TextCheck.Invalid(check, row, value);
        }
    }

    private static ReadOnlySpan<byte> Short(ColumnCheck check, int row, ref readonly ByteView view)
    {
        if (view.Length < 0)
            throw check.Fail(row, "a view with a length of 0 or more", $"{view.Length}");
        ReadOnlySpan<byte> padding = MemoryMarshal.AsBytes(new ReadOnlySpan<ByteView>(in view))[(4 + view.Length)..];
        if (padding.ContainsAnyExcept((byte)0))
            throw check.Fail(row, "zeros behind a short value in its view", Convert.ToHexStringLower(padding));
        return ByteView.Inline(in view);
    }

    private static ReadOnlySpan<byte> Long(ColumnCheck check, int row, ref readonly ByteView view)
    {
        int buffers = check.Array.Buffers.Length - 2;
        if (view.BufferIndex < 0 || view.BufferIndex >= buffers)
            throw check.Fail(row, $"a view into one of {buffers} data buffers", $"buffer {view.BufferIndex}");
        ReadOnlySpan<byte> data = check.Array.Buffers[2 + view.BufferIndex].Span;
        if (view.Offset < 0 || view.Offset > data.Length - view.Length)
        {
            string expected = $"a view within the {data.Length} bytes of data buffer {view.BufferIndex}";
            throw check.Fail(row, expected, $"{view.Length} bytes at {view.Offset}");
        }

        ReadOnlySpan<byte> value = data.Slice(view.Offset, view.Length);
        if (MemoryMarshal.Read<int>(value) != view.Prefix)
            throw check.Fail(row, "a view that begins as its data does", "another prefix");
        return value;
    }
}
