namespace Varve.Arrow.Values;

/// <summary>How big rows are, without what their buffers hold besides them.</summary>
public static class ArraySize
{
    /// <summary>
    /// Bytes that a plain copy of the rows would take: values, offsets and views, bytes that offsets and views refer to (as often as
    /// they do), and validity where a row is null. A dictionary counts once. The array must be valid.
    /// </summary>
    public static long Bytes(ArrayData array)
    {
        long validityBytes = array.NullCount > 0 && array.Type.Id != ArrowTypeId.Null ? Bitmap.ByteCount(array.Length) : 0;
        return validityBytes + Values(array);
    }

    public static long Bytes(RecordBatch batch) => batch.Columns.Sum(Bytes);

    /// <summary>
    /// Bytes that a null takes in the memory of a column: the width of a fixed value, an offset, a view, or those of all children. At least 1, so
    /// that rows and elements that take no memory by themselves are bounded too; those of the widest types saturate.
    /// </summary>
    public static long NullBytes(ArrowType type) => type switch
    {
        NullType or BooleanType => 1,
        Utf8Type or BinaryType or ListType or MapType => sizeof(int),
        LargeUtf8Type or LargeBinaryType or LargeListType => sizeof(long),
        Utf8ViewType or BinaryViewType => ByteView.SizeBytes,
        FixedSizeListType list => Math.Max(1, Math.Min(list.Size * Math.Min(NullBytes(list.Element.Type), int.MaxValue), int.MaxValue)),
        StructType record => Math.Max(1, record.Fields.Sum(f => Math.Min(NullBytes(f.Type), int.MaxValue))),
        DictionaryType dictionary => NullBytes(dictionary.ValueType),
        _ => Math.Max(1, type.ByteWidth),
    };

    private static long Values(ArrayData array)
    {
        switch (array.Type)
        {
            case NullType:
                return 0;
            case BooleanType:
                return Bitmap.ByteCount(array.Length);
            case Utf8Type or BinaryType or LargeUtf8Type or LargeBinaryType:
                return Offsets(array) + Span(array).Length;
            case Utf8ViewType or BinaryViewType:
                return Views(array);
            case ListType or LargeListType or MapType:
                (int start, int length) = Span(array);
                return Offsets(array) + Bytes(array.Children[0].Slice(start, length));
            case FixedSizeListType:
                (int first, int count) = Span(array);
                return Bytes(array.Children[0].Slice(first, count));
            case StructType:
                return array.Children.Sum(c => Bytes(c.Slice(array.Offset, array.Length)));
            case DenseUnionType:
                return (array.Length * (1L + sizeof(int))) + array.Children.Sum(Bytes);
            default:
                return ((long)array.Length * array.Type.ByteWidth) + (array.Dictionary is { } values ? Bytes(values) : 0);
        }
    }

    private static long Offsets(ArrayData array) => (array.Length + 1L) * (ArrayLayout.HasLargeOffsets(array.Type) ? 8 : 4);

    /// <summary>What all rows together refer to.</summary>
    private static (int Start, int Length) Span(ArrayData array)
    {
        int start = ArrayLayout.EndBefore(array, 0);
        return (start, ArrayLayout.EndBefore(array, array.Length) - start);
    }

    private static long Views(ArrayData array)
    {
        long bytes = (long)array.Length * ByteView.SizeBytes;
        ReadOnlySpan<ByteView> views = ArrayLayout.Views(array);
        for (int row = 0; row < views.Length; row++)
        {
            if (!views[row].IsInline && !array.IsNull(row))
                bytes += views[row].Length;
        }

        return bytes;
    }
}
