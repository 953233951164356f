using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace Varve.Arrow.Validation;

/// <summary>
/// UTF-8 of text columns with checked offsets: the bytes of all rows at once, then that no row begins within a character. Only when that
/// fails (as it may for bytes under nulls) row by row.
/// </summary>
internal static class TextCheck
{
    public static void Text(ColumnCheck check)
    {
        ArrayData array = check.Array;
        int start = ArrayLayout.EndBefore(array, 0);
        int end = ArrayLayout.EndBefore(array, array.Length);
        ReadOnlySpan<byte> bytes = array.Buffers[2].Span[..end];
        if (Utf8.IsValid(bytes[start..]) && (System.Text.Ascii.IsValid(bytes[start..]) || BoundariesHold(array, bytes)))
            return;
        for (int row = 0; row < array.Length; row++)
        {
            (int at, int length) = ArrayLayout.Range(array, row);
            if (!array.IsNull(row) && !Utf8.IsValid(bytes.Slice(at, length)))
                throw Invalid(check, row, bytes.Slice(at, length));
        }
    }

    public static ArrowFormatException Invalid(ColumnCheck check, int row, ReadOnlySpan<byte> value)
    {
        string shown = Convert.ToHexStringLower(value[..Math.Min(value.Length, 16)]);
        return check.Fail(row, "valid UTF-8", $"bytes {shown}{(value.Length > 16 ? "..." : "")}");
    }

    private static bool BoundariesHold(ArrayData array, ReadOnlySpan<byte> bytes) => ArrayLayout.HasLargeOffsets(array.Type)
        ? BoundariesHold(MemoryMarshal.Cast<byte, long>(array.Buffers[1].Span).Slice(array.Offset, array.Length), bytes)
        : BoundariesHold(MemoryMarshal.Cast<byte, int>(array.Buffers[1].Span).Slice(array.Offset, array.Length), bytes);

    private static bool BoundariesHold(ReadOnlySpan<int> starts, ReadOnlySpan<byte> bytes)
    {
        foreach (int start in starts)
        {
            if (start < bytes.Length && IsContinuation(bytes[start]))
                return false;
        }

        return true;
    }

    private static bool BoundariesHold(ReadOnlySpan<long> starts, ReadOnlySpan<byte> bytes)
    {
        foreach (long start in starts)
        {
            if (start < bytes.Length && IsContinuation(bytes[(int)start]))
                return false;
        }

        return true;
    }

    private static bool IsContinuation(byte value) => (value & 0xC0) == 0x80;
}
