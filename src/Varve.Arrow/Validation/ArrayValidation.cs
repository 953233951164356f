namespace Varve.Arrow.Validation;

/// <summary>
/// The full check of arrays from outside: after it, every read of every row stays within the buffers and yields a value of its type.
/// Reads each byte that matters once. Rows are checked where they are not null, and in a child whether a parent refers to them or not.
/// </summary>
public static class ArrayValidation
{
    /// <exception cref="ArrowFormatException">The first thing that is wrong: column path, row, expected, found.</exception>
    public static void Validate(RecordBatch batch)
    {
        for (int i = 0; i < batch.Columns.Count; i++)
            Validate(batch.Schema.Fields[i], batch.Columns[i]);
    }

    /// <inheritdoc cref="Validate(RecordBatch)"/>
    public static void Validate(Field field, ArrayData array) => Column(new ColumnCheck(field.Name, array, IsColumn: true), field);

    private static void Column(ColumnCheck check, Field field)
    {
        ArrayData array = check.Array;
        if (!array.Type.Equals(field.Type))
            throw check.Fail($"an array of {MessageText.Cut(field.Type)}", $"one of {MessageText.Cut(array.Type)}");
        TypeCheck.Parameters(check);
        Shape(check);
        Validity(check);
        if (!field.IsNullable && array.NullCount > 0)
            throw check.Fail(FirstNull(array), "a value (the column is not nullable)", "null");
        Values(check);
        for (int i = 0; i < array.Children.Length; i++)
            Child(check, i);
        if (array.Dictionary is { } dictionary)
            Dictionary(check, dictionary, ((DictionaryType)array.Type).ValueType);
    }

    /// <summary>A dictionary is checked when it is first seen: later batches cost what is new in them.</summary>
    private static void Dictionary(ColumnCheck check, ArrayData dictionary, ArrowType type)
    {
        if (dictionary.IsChecked && dictionary.Type.Equals(type))
            return;
        Column(new ColumnCheck(check.Path + "{}", dictionary), new Field("", type));
        dictionary.IsChecked = true;
    }

    /// <summary>Buffers and children are as many as the layout has, and long enough for values of one width.</summary>
    private static void Shape(ColumnCheck check)
    {
        ArrayData array = check.Array;
        (int buffers, bool orMore) = array.Type switch
        {
            NullType => (0, true),
            Utf8Type or LargeUtf8Type or BinaryType or LargeBinaryType => (3, false),
            Utf8ViewType or BinaryViewType => (2, true),
            FixedSizeListType or StructType => (1, false),
            _ => (2, false),
        };
        if (array.Buffers.Length < buffers || (array.Buffers.Length > buffers && !orMore))
            throw check.Fail($"{buffers} buffers{(orMore ? " or more" : "")}", $"{array.Buffers.Length}");
        if (array.Children.Length != array.Type.Children.Count)
            throw check.Fail($"{array.Type.Children.Count} child arrays", $"{array.Children.Length}");
        if ((array.Dictionary is not null) != (array.Type is DictionaryType))
            throw check.Fail("a dictionary where the type has one, and only there", array.Dictionary is null ? "none" : "one");
        if ((long)array.Offset + array.Length > int.MaxValue || array.Offset < 0 || array.Length < 0)
            throw check.Fail("rows within 31 bits", $"{array.Length} rows from {array.Offset}");
    }

    private static void Validity(ColumnCheck check)
    {
        ArrayData array = check.Array;
        if (array.Type is NullType)
        {
            if (array.NullCount != array.Length)
                throw check.Fail($"{array.Length} nulls", $"a count of {array.NullCount}");
            return;
        }

        int nullCount = 0;
        if (!array.Validity.IsEmpty)
        {
            check.Buffer(0, "validity", ((long)array.Offset + array.Length + 7) / 8);
            nullCount = array.Length - Bitmap.CountSet(array.Validity, array.Offset, array.Length);
        }

        if (nullCount != array.NullCount)
            throw check.Fail($"{nullCount} nulls as the validity buffer says", $"a count of {array.NullCount}");
    }

    private static void Values(ColumnCheck check)
    {
        ArrayData array = check.Array;
        long rows = (long)array.Offset + array.Length;
        switch (array.Type)
        {
            case NullType:
                break;
            case BooleanType:
                check.Buffer(1, "values", (rows + 7) / 8);
                break;
            case Utf8Type or LargeUtf8Type:
                OffsetCheck.Offsets(check, array.Buffers[2].Length, "bytes");
                TextCheck.Text(check);
                break;
            case BinaryType or LargeBinaryType:
                OffsetCheck.Offsets(check, array.Buffers[2].Length, "bytes");
                break;
            case Utf8ViewType or BinaryViewType:
                check.Buffer(1, "views", rows * ByteView.SizeBytes);
                ViewCheck.Views(check);
                break;
            case ListType or LargeListType or MapType:
                OffsetCheck.Offsets(check, array.Children[0].Length, "elements");
                break;
            case FixedSizeListType list:
                check.Children(rows * list.Size);
                break;
            case StructType:
                check.Children(rows);
                break;
            default:
                check.Buffer(1, "values", rows * array.Type.ByteWidth);
                ValueCheck.Values(check);
                break;
        }
    }

    /// <summary>
    /// A child of a struct that is not nullable may be null where the struct is. Entries and keys of a map are never null, whatever
    /// their fields say.
    /// </summary>
    private static void Child(ColumnCheck check, int index)
    {
        ArrayData parent = check.Array;
        ArrayData child = parent.Children[index];
        Field field = parent.Type.Children[index];
        ColumnCheck childCheck = new(ColumnPath.Child(check.Path, parent.Type, index), child);
        Column(childCheck, new Field(field.Name, field.Type));
        if (parent.Type is MapType && child.Children[0] is { NullCount: > 0 } keys)
        {
            ColumnCheck keyCheck = new(ColumnPath.Child(childCheck.Path, child.Type, 0), keys);
            throw keyCheck.Fail(FirstNull(keys), "a value (keys are never null)", "null");
        }

        if (child.NullCount == 0)
            return;
        if (parent.Type is MapType)
            throw childCheck.Fail(FirstNull(child), "an entry of the map", "null");
        if (parent.Type is ListType or LargeListType && !field.IsNullable)
            throw childCheck.Fail(FirstNull(child), "a value (the elements are not nullable)", "null");
        if (!field.IsNullable)
            NullsBelow(childCheck, parent);
    }

    /// <summary>A null of a child that is not nullable must lie below a null of the struct or fixed-size list around it.</summary>
    private static void NullsBelow(ColumnCheck check, ArrayData parent)
    {
        int perRow = parent.Type is FixedSizeListType list ? list.Size : 1;
        for (int row = 0; row < parent.Length; row++)
        {
            if (parent.IsNull(row))
                continue;
            int first = (parent.Offset + row) * perRow;
            for (int i = first; i < first + perRow; i++)
            {
                if (check.Array.IsNull(i))
                    throw check.Fail(i, "a value (the field is not nullable)", "null");
            }
        }
    }

    private static int FirstNull(ArrayData array)
    {
        int row = 0;
        while (!array.IsNull(row))
            row++;
        return row;
    }
}
