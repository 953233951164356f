using System.Numerics;
using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Scan.Loading;

/// <summary>
/// Texts and blobs that lie in one buffer behind offsets: string structs that point into the buffer, which is not copied, or, where it is only
/// lent, into one copy of the rows' bytes.
/// </summary>
/// <typeparam name="TOffset">int, or long for the large types.</typeparam>
internal sealed unsafe class TextLoader<TOffset>(DuckDbTypeId type, string sqlName) : ColumnLoader
    where TOffset : unmanaged, IBinaryInteger<TOffset>
{
    public override string SqlName => sqlName;

    public override int RowBytes => sizeof(NativeString);

    public override LogicalTypeHandle CreateType() => DuckDbApi.duckdb_create_logical_type(type);

    protected override void LoadValues(ArrayData array, int from, int count, nint vector, ulong* validity, ScanPins? pins)
    {
        ReadOnlySpan<TOffset> offsets = MemoryMarshal.Cast<byte, TOffset>(array.Buffers[1].Span).Slice(array.Offset + from, count + 1);
        if (pins is not null)
        {
            Write(offsets, 0, pins.Pin(array, 2), array.Buffers[2].Length, vector);
            return;
        }

        long first = long.CreateTruncating(offsets[0]);
        ReadOnlySpan<byte> bytes = array.Buffers[2].Span[(int)first..(int)long.CreateTruncating(offsets[count])];
        fixed (byte* lent = bytes)
            Write(offsets, first, bytes.Length > NativeString.InlineBytes ? StringHeap.Copy(vector, bytes) : lent, bytes.Length, vector);
    }

    /// <param name="offsets">One more than rows.</param>
    /// <param name="origin">The offset of the first byte.</param>
    /// <param name="bytes">Where that stands.</param>
    /// <param name="length">How many bytes may be read.</param>
    /// <param name="vector">Where the structs go.</param>
    private static void Write(ReadOnlySpan<TOffset> offsets, long origin, byte* bytes, int length, nint vector)
    {
        long readableEnd = length - NativeString.InlineBytes;
        var target = (NativeString*)DuckDbApi.duckdb_vector_get_data(vector);
        long start = long.CreateTruncating(offsets[0]) - origin;
        for (int i = 0; i < offsets.Length - 1; i++)
        {
            long end = long.CreateTruncating(offsets[i + 1]) - origin;
            if (start <= readableEnd)
                NativeString.WriteReadable(target + i, bytes + start, (int)(end - start));
            else
                NativeString.Write(target + i, bytes + start, (int)(end - start));
            start = end;
        }
    }

    protected override void GatherValues(ArrayData array, ReadOnlySpan<int> rows, nint vector, ulong* validity, ScanPins? pins)
    {
        ReadOnlySpan<TOffset> offsets = MemoryMarshal.Cast<byte, TOffset>(array.Buffers[1].Span).Slice(array.Offset, array.Length + 1);
        byte* heap = pins is null ? Reserve(array.Buffers[2].Span, offsets, rows, vector) : null;
        var target = (NativeString*)DuckDbApi.duckdb_vector_get_data(vector);
        fixed (byte* lent = array.Buffers[2].Span)
        {
            byte* bytes = pins is null ? lent : pins.Pin(array, 2);
            for (int i = 0; i < rows.Length; i++)
            {
                long start = long.CreateTruncating(offsets[rows[i]]);
                int length = (int)(long.CreateTruncating(offsets[rows[i] + 1]) - start);
                byte* text = bytes + start;
                if (pins is null && length > NativeString.InlineBytes)
                {
                    Buffer.MemoryCopy(text, heap, length, length);
                    text = heap;
                    heap += length;
                }

                NativeString.Write(target + i, text, length);
            }
        }
    }

    /// <summary>Memory for the rows' texts, those aside that are held in place. No row comes twice, so they are no longer than the buffer.</summary>
    private static byte* Reserve(ReadOnlySpan<byte> buffer, ReadOnlySpan<TOffset> offsets, ReadOnlySpan<int> rows, nint vector)
    {
        int total = 0;
        foreach (int row in rows)
        {
            int length = (int)(long.CreateTruncating(offsets[row + 1]) - long.CreateTruncating(offsets[row]));
            total += length > NativeString.InlineBytes ? length : 0;
        }

        return total > 0 ? StringHeap.Copy(vector, buffer[..total]) : null;
    }
}
