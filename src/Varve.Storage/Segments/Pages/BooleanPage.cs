using Varve.Arrow;

namespace Varve.Storage.Segments.Pages;

/// <summary>Booleans: a vector of a bit per row, null or not.</summary>
internal static class BooleanPage
{
    public static void Write(ArrayData array, PageWriter writer)
    {
        writer.Count(Bitmap.ByteCount(array.Length));
        writer.Booleans(array.Buffers[1].Span, array.Offset, array.Length);
    }

    public static ArrayData Read(ArrowType type, scoped RowNulls nulls, ref PageReader reader)
    {
        Memory<byte> bits = reader.LendBits(nulls.RowCount);
        reader.Bits(bits.Span, nulls.RowCount);
        return new ArrayData(type, nulls.RowCount, nulls.NullCount, [nulls.Validity, bits]);
    }
}
