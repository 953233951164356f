using System.Runtime.InteropServices;

namespace Varve.Arrow;

/// <summary>Where the parts of a row lie, for the layouts in which that takes more than a multiplication. For valid arrays.</summary>
internal static class ArrayLayout
{
    /// <summary>True for the layouts with 64-bit offsets.</summary>
    public static bool HasLargeOffsets(ArrowType type) => type.Id is ArrowTypeId.LargeUtf8 or ArrowTypeId.LargeBinary or ArrowTypeId.LargeList;

    /// <summary>
    /// The bytes of a text or binary row with offsets, or the rows of the child that make up a list or map row: of every kind but views.
    /// Start and length come from the offsets as they are, also for a null row.
    /// </summary>
    public static (int Start, int Length) Range(ArrayData array, int row)
    {
        (int start, int end) = (EndBefore(array, row), EndBefore(array, row + 1));
        return (start, end - start);
    }

    /// <summary>Where a row begins, which is where the rows before it end.</summary>
    /// <param name="array">Of any kind with offsets, or of fixed-size lists.</param>
    /// <param name="row">0 to <see cref="ArrayData.Length"/>, inclusive.</param>
    public static int EndBefore(ArrayData array, int row)
    {
        int at = array.Offset + row;
        if (array.Type is FixedSizeListType list)
            return checked(at * list.Size);
        if (array.Length == 0 && array.Buffers[1].IsEmpty)
            return 0;
        ReadOnlySpan<byte> offsets = array.Buffers[1].Span;
        return HasLargeOffsets(array.Type)
            ? checked((int)MemoryMarshal.Cast<byte, long>(offsets)[at])
            : MemoryMarshal.Cast<byte, int>(offsets)[at];
    }

    /// <summary>The views of an array's rows.</summary>
    public static ReadOnlySpan<ByteView> Views(ArrayData array) => array.Length == 0
        ? default
        : MemoryMarshal.Cast<byte, ByteView>(array.Buffers[1].Span).Slice(array.Offset, array.Length);

    public static ReadOnlySpan<byte> ViewBytes(ArrayData array, int row)
    {
        ref readonly ByteView view = ref Views(array)[row];
        return view.IsInline
            ? ByteView.Inline(in view)
            : array.Buffers[2 + view.BufferIndex].Span.Slice(view.Offset, view.Length);
    }
}
