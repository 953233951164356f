using Varve.Arrow;

namespace Varve.Storage.Segments.Pages;

/// <summary>Binary values of one width: the bytes of all rows that have a value, as a vector.</summary>
internal static class FixedBytesPage
{
    public static void Write(ArrayData array, scoped RowNulls nulls, PageWriter writer)
    {
        int width = array.Type.ByteWidth;
        ReadOnlySpan<byte> values = array.Buffers[1].Span.Slice(array.Offset * width, array.Length * width);
        writer.Count(values.Length);
        if (nulls.Form == NullForm.None)
        {
            writer.Text(values);
            return;
        }

        byte[] kept = new byte[(array.Length - nulls.NullCount) * width];
        int at = 0;
        for (int row = 0; row < array.Length; row++)
        {
            if (nulls.IsNull(row))
                continue;
            values.Slice(row * width, width).CopyTo(kept.AsSpan(at));
            at += width;
        }

        writer.Text(kept);
    }

    public static ArrayData Read(ArrowType type, scoped RowNulls nulls, ref PageReader reader)
    {
        int width = type.ByteWidth;
        Memory<byte> memory = reader.Lend((long)nulls.RowCount * width);
        Span<byte> values = memory.Span;
        int valid = nulls.RowCount - nulls.NullCount;
        reader.Text(values[..(valid * width)]);
        if (valid < nulls.RowCount)
        {
            for (int row = nulls.RowCount - 1; row >= 0; row--)
            {
                Span<byte> target = values.Slice(row * width, width);
                if (nulls.IsNull(row))
                    target.Clear();
                else
                    values.Slice(--valid * width, width).CopyTo(target);
            }
        }

        return new ArrayData(type, nulls.RowCount, nulls.NullCount, [nulls.Validity, memory]);
    }
}
