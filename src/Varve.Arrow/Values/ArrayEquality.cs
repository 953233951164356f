namespace Varve.Arrow.Values;

/// <summary>
/// Logical equality of rows: offsets, unused bytes, bytes under nulls, and the ways in which views and dictionaries store a value do not
/// matter. Floats are equal by bits: a NaN equals itself, 0.0 and -0.0 differ. Arrays must be valid.
/// </summary>
public static class ArrayEquality
{
    /// <summary>Equal schemas (without metadata) and equal rows.</summary>
    public static bool Equals(RecordBatch a, RecordBatch b)
    {
        if (a.RowCount != b.RowCount || !a.Schema.Equals(b.Schema))
            return false;
        for (int i = 0; i < a.Columns.Count; i++)
        {
            if (!Equals(a.Columns[i], b.Columns[i]))
                return false;
        }

        return true;
    }

    /// <summary>Equal types, of which names and nullability of children do not matter, and equal rows.</summary>
    public static bool Equals(ArrayData a, ArrayData b) => a.Length == b.Length && HaveSameType(a.Type, b.Type) && Rows(a, 0, b, 0, a.Length);

    private static bool HaveSameType(ArrowType a, ArrowType b)
    {
        if (a.Id != b.Id || a.Children.Count != b.Children.Count)
            return false;
        if (a.Children.Count == 0)
            return a.Equals(b);
        if (a is FixedSizeListType list && list.Size != ((FixedSizeListType)b).Size)
            return false;
        for (int i = 0; i < a.Children.Count; i++)
        {
            if (!HaveSameType(a.Children[i].Type, b.Children[i].Type))
                return false;
        }

        return true;
    }

    /// <summary>Compares rows of equal types: [atA, atA + count) with [atB, atB + count).</summary>
    private static bool Rows(ArrayData a, int atA, ArrayData b, int atB, int count)
    {
        if (a.NullCount == 0 && b.NullCount == 0 && a.Type.Id is not (ArrowTypeId.Boolean or ArrowTypeId.Dictionary) && a.Type.ByteWidth > 0)
            return Fixed(a, atA, count).SequenceEqual(Fixed(b, atB, count));
        for (int i = 0; i < count; i++)
        {
            bool isNull = ArrayReader.IsNull(a, atA + i);
            if (isNull != ArrayReader.IsNull(b, atB + i) || (!isNull && !Values(a, atA + i, b, atB + i)))
                return false;
        }

        return true;
    }

    /// <summary>Compares two values that are not null.</summary>
    private static bool Values(ArrayData a, int atA, ArrayData b, int atB)
    {
        switch (a.Type)
        {
            case BooleanType:
                return Bitmap.IsSet(a.Buffers[1].Span, a.Offset + atA) == Bitmap.IsSet(b.Buffers[1].Span, b.Offset + atB);
            case DictionaryType:
                return Values(a.Dictionary!, ArrayReader.Code(a, atA), b.Dictionary!, ArrayReader.Code(b, atB));
            case Utf8Type or BinaryType or LargeUtf8Type or LargeBinaryType or Utf8ViewType or BinaryViewType:
                return ArrayReader.GetBytes(a, atA).SequenceEqual(ArrayReader.GetBytes(b, atB));
            case ListType or LargeListType or MapType or FixedSizeListType:
                (int startA, int lengthA) = ArrayLayout.Range(a, atA);
                (int startB, int lengthB) = ArrayLayout.Range(b, atB);
                return lengthA == lengthB && Rows(a.Children[0], startA, b.Children[0], startB, lengthA);
            case StructType:
                for (int i = 0; i < a.Children.Length; i++)
                {
                    if (!Rows(a.Children[i], a.Offset + atA, b.Children[i], b.Offset + atB, 1))
                        return false;
                }

                return true;
            case DenseUnionType:
                throw new ArgumentException($"rows of {a.Type.Name} cannot be compared: unions are written only");
            default:
                return Fixed(a, atA, 1).SequenceEqual(Fixed(b, atB, 1));
        }
    }

    private static ReadOnlySpan<byte> Fixed(ArrayData array, int start, int count)
    {
        int width = array.Type.ByteWidth;
        return array.Buffers[1].Span.Slice(checked((array.Offset + start) * width), count * width);
    }
}
