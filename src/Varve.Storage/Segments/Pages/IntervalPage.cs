using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Varve.Arrow;

namespace Varve.Storage.Segments.Pages;

/// <summary>Intervals: a vector of each of their parts (months; days and milliseconds; months, days and nanoseconds).</summary>
internal static class IntervalPage
{
    public static void Write(ArrayData array, scoped RowNulls nulls, PageWriter writer)
    {
        int width = array.Type.ByteWidth;
        ReadOnlySpan<byte> values = array.Buffers[1].Span.Slice(array.Offset * width, array.Length * width);
        writer.Count(values.Length);
        Part<int>(values, width, 0, nulls, writer);
        if (width >= 8)
            Part<int>(values, width, 4, nulls, writer);
        if (width == 16)
            Part<long>(values, width, 8, nulls, writer);
    }

    public static ArrayData Read(ArrowType type, scoped RowNulls nulls, ref PageReader reader)
    {
        int width = type.ByteWidth;
        Memory<byte> values = reader.Lend((long)nulls.RowCount * width);
        Part<int>(values.Span, width, 0, nulls, ref reader);
        if (width >= 8)
            Part<int>(values.Span, width, 4, nulls, ref reader);
        if (width == 16)
            Part<long>(values.Span, width, 8, nulls, ref reader);
        return new ArrayData(type, nulls.RowCount, nulls.NullCount, [nulls.Validity, values]);
    }

    private static void Part<T>(ReadOnlySpan<byte> values, int width, int at, scoped RowNulls nulls, PageWriter writer)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        T[] rows = ArrayPool<T>.Shared.Rent(nulls.RowCount);
        for (int row = 0; row < nulls.RowCount; row++)
            rows[row] = MemoryMarshal.Read<T>(values[((row * width) + at)..]);
        NumberPage.WritePacked(rows.AsSpan(0, nulls.RowCount), nulls, writer);
        ArrayPool<T>.Shared.Return(rows);
    }

    private static void Part<T>(Span<byte> values, int width, int at, scoped RowNulls nulls, ref PageReader reader)
        where T : unmanaged, IBinaryInteger<T>
    {
        T[] rows = ArrayPool<T>.Shared.Rent(nulls.RowCount);
        try
        {
            reader.Integers(rows.AsSpan(0, nulls.ValueCount));
            nulls.Unpack(rows.AsSpan(0, nulls.RowCount));
            for (int row = 0; row < nulls.RowCount; row++)
                Unsafe.WriteUnaligned(ref values[(row * width) + at], rows[row]);
        }
        finally
        {
            ArrayPool<T>.Shared.Return(rows);
        }
    }
}
