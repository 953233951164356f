using System.Numerics;
using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Scan.Loading;

/// <summary>list and large_list as LIST; map as MAP, which DuckDB keeps as a list of structs.</summary>
/// <typeparam name="TOffset">int, or long for large_list.</typeparam>
internal sealed unsafe class ListLoader<TOffset>(ColumnLoader element) : ColumnLoader
    where TOffset : unmanaged, IBinaryInteger<TOffset>
{
    public override string SqlName => element.SqlName + "[]";

    public override int RowBytes => sizeof(NativeListEntry) + element.RowBytes;

    public override LogicalTypeHandle CreateType()
    {
        using LogicalTypeHandle type = element.CreateType();
        return DuckDbApi.duckdb_create_list_type(type);
    }

    public override bool HasLists => true;

    public override long ListBytes(ArrayData array, int from, int count) => ListBytes(element, array, from, count);

    protected override void LoadValues(ArrayData array, int from, int count, nint vector, ulong* validity, ScanPins? pins) =>
        LoadLists(element, array, from, count, vector, validity, pins);

    public static long ListBytes(ColumnLoader element, ArrayData array, int from, int count)
    {
        ReadOnlySpan<TOffset> offsets = MemoryMarshal.Cast<byte, TOffset>(array.Buffers[1].Span)[(array.Offset + from)..];
        long first = long.CreateTruncating(offsets[0]);
        int elements = (int)(long.CreateTruncating(offsets[count]) - first);
        return ((long)elements * element.RowBytes) + element.ListBytes(array.Children[0], (int)first, elements);
    }

    /// <summary>Elements of consecutive rows lie one behind the other: they are loaded as one run, those of null rows included.</summary>
    public static void LoadLists(ColumnLoader element, ArrayData array, int from, int count, nint vector, ulong* validity, ScanPins? pins)
    {
        ReadOnlySpan<TOffset> offsets = MemoryMarshal.Cast<byte, TOffset>(array.Buffers[1].Span).Slice(array.Offset + from, count + 1);
        var target = (NativeListEntry*)DuckDbApi.duckdb_vector_get_data(vector);
        long first = long.CreateTruncating(offsets[0]);
        for (int i = 0; i < count; i++)
        {
            long start = long.CreateTruncating(offsets[i]);
            target[i] = IsValid(validity, i)
                ? new NativeListEntry((ulong)(start - first), (ulong)(long.CreateTruncating(offsets[i + 1]) - start))
                : default;
        }

        int elements = checked((int)(long.CreateTruncating(offsets[count]) - first));
        DuckDbApi.duckdb_list_vector_reserve(vector, (ulong)elements);
        DuckDbApi.duckdb_list_vector_set_size(vector, (ulong)elements);
        if (elements > 0)
            element.Load(array.Children[0], (int)first, elements, DuckDbApi.duckdb_list_vector_get_child(vector), null, pins);
    }
}
