using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Arrow.Values;

namespace Varve.Storage.Streams;

/// <summary>
/// What rows weigh, the measure of every limit on them: the bytes of their values as a stream keeps them. Dictionaries count flattened, rows and
/// elements that take no bytes (nulls, empty structs) at least 1 each, so that no array is larger in memory than it weighs. Arrays must be valid.
/// Costs a look at the ends of a range of rows; at every row only for views and dictionaries. A nested value of a dictionary is weighed once,
/// however many codes refer to it: where dictionaries refer to dictionaries, a few codes on each level stand for more than could ever be counted.
/// </summary>
internal static class RowSize
{
    /// <summary>What a row takes besides its columns: its <c>_time</c>.</summary>
    public const int TimeBytes = 8;

    /// <summary>What one value of a dictionary is taken to weigh at most: far above every limit, and sums of it do not overflow.</summary>
    private const long ValueBytesMax = 1L << 31;

    /// <summary>Nested values that are remembered with their weight; a batch that refers to more of them counts as too large.</summary>
    private const int WeighedMax = 1 << 20;

    public static long Of(RecordBatch batch, int start, int count)
    {
        Dictionary<(ArrayData Values, int Code), long>? weighed = null;
        long total = (long)count * TimeBytes;
        for (int i = 0; i < batch.Columns.Count; i++)
            total += Of(batch.Columns[i], start, count, ref weighed);
        return total;
    }

    public static long Of(ArrayData array, int start, int count)
    {
        Dictionary<(ArrayData Values, int Code), long>? weighed = null;
        return Of(array, start, count, ref weighed);
    }

    private static long Of(ArrayData array, int start, int count, ref Dictionary<(ArrayData Values, int Code), long>? weighed)
    {
        if (count == 0)
            return 0;
        long validity = array.NullCount > 0 && array.Type is not NullType ? Bitmap.ByteCount(count) : 0;
        int at = array.Offset + start;
        return validity + array.Type switch
        {
            BooleanType => Bitmap.ByteCount(count),
            Utf8Type or BinaryType => (4L * count) + Range32(array, at, count).Length,
            LargeUtf8Type or LargeBinaryType => (8L * count) + Range64(array, at, count).Length,
            Utf8ViewType or BinaryViewType => (16L * count) + OutOfLine(array, start, count),
            ListType or MapType => (4L * count) + OfElements(array, Range32(array, at, count), ref weighed),
            LargeListType => (8L * count) + OfElements(array, Range64(array, at, count), ref weighed),
            FixedSizeListType list => Math.Max(count, OfElements(array, ((long)at * list.Size, (long)count * list.Size), ref weighed)),
            StructType => Math.Max(count, OfFields(array, at, count, ref weighed)),
            DictionaryType => OfCodes(array, start, count, ref weighed),
            _ => (long)count * Math.Max(1, array.Type.ByteWidth),
        };
    }

    private static long OfElements(ArrayData array, (long Start, long Length) range, ref Dictionary<(ArrayData Values, int Code), long>? weighed) =>
        Of(array.Children[0], checked((int)range.Start), checked((int)range.Length), ref weighed);

    private static long OfFields(ArrayData array, int at, int count, ref Dictionary<(ArrayData Values, int Code), long>? weighed)
    {
        long total = 0;
        foreach (ArrayData child in array.Children)
            total += Of(child, at, count, ref weighed);
        return total;
    }

    private static (long Start, long Length) Range32(ArrayData array, int at, int count)
    {
        ReadOnlySpan<int> offsets = MemoryMarshal.Cast<byte, int>(array.Buffers[1].Span);
        return offsets.IsEmpty ? default : (offsets[at], offsets[at + count] - (long)offsets[at]);
    }

    private static (long Start, long Length) Range64(ArrayData array, int at, int count)
    {
        ReadOnlySpan<long> offsets = MemoryMarshal.Cast<byte, long>(array.Buffers[1].Span);
        return offsets.IsEmpty ? default : (offsets[at], offsets[at + count] - offsets[at]);
    }

    private static long OutOfLine(ArrayData array, int start, int count)
    {
        long total = 0;
        // A view is four 32-bit words and begins with the length of its value; up to 12 bytes lie in the view itself.
        ReadOnlySpan<int> words = MemoryMarshal.Cast<byte, int>(array.Buffers[1].Span);
        for (int row = start; row < start + count; row++)
        {
            int length = words[4 * (array.Offset + row)];
            if (length > 12 && !array.IsNull(row))
                total += length;
        }

        return total;
    }

    private static long OfCodes(ArrayData array, int start, int count, ref Dictionary<(ArrayData Values, int Code), long>? weighed)
    {
        ArrayData values = array.Dictionary!;
        if (values.Type.ByteWidth > 0 && values.Dictionary is null)
            return (long)count * values.Type.ByteWidth;
        bool isNested = values.Dictionary is not null || values.Children.Length > 0;
        long nullBytes = ArraySize.NullBytes(values.Type);
        long total = 0;
        for (int row = start; row < start + count; row++)
        {
            if (array.IsNull(row))
                total += nullBytes;
            else
                total += isNested ? OfNested(values, Code(array, row), ref weighed) : Of(values, Code(array, row), 1, ref weighed);
        }

        return total;
    }

    private static long OfNested(ArrayData values, int code, ref Dictionary<(ArrayData Values, int Code), long>? weighed)
    {
        weighed ??= [];
        if (weighed.TryGetValue((values, code), out long bytes))
            return bytes;
        if (weighed.Count == WeighedMax)
            return ValueBytesMax;
        return weighed[(values, code)] = Math.Min(Of(values, code, 1, ref weighed), ValueBytesMax);
    }

    private static int Code(ArrayData array, int row)
    {
        int at = array.Offset + row;
        ReadOnlySpan<byte> codes = array.Buffers[1].Span;
        return array.Type.ByteWidth switch
        {
            1 => codes[at],
            2 => MemoryMarshal.Cast<byte, ushort>(codes)[at],
            4 => MemoryMarshal.Cast<byte, int>(codes)[at],
            _ => (int)MemoryMarshal.Cast<byte, long>(codes)[at],
        };
    }
}
