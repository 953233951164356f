using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Scan.Loading;

/// <summary>A fixed_size_list that is too long for ARRAY, whose vectors hold all elements of 2048 rows from the start, as LIST.</summary>
internal sealed unsafe class FixedListAsListLoader(ColumnLoader element, int size) : ColumnLoader
{
    public override string SqlName => element.SqlName + "[]";

    public override int RowBytes => sizeof(NativeListEntry) + element.RowBytes;

    public override LogicalTypeHandle CreateType()
    {
        using LogicalTypeHandle type = element.CreateType();
        return DuckDbApi.duckdb_create_list_type(type);
    }

    public override bool HasLists => true;

    public override long ListBytes(ArrayData array, int from, int count) =>
        ((long)count * size * element.RowBytes) + element.ListBytes(array.Children[0], (array.Offset + from) * size, count * size);

    protected override void LoadValues(ArrayData array, int from, int count, nint vector, ulong* validity, ScanPins? pins)
    {
        var target = (NativeListEntry*)DuckDbApi.duckdb_vector_get_data(vector);
        for (int i = 0; i < count; i++)
            target[i] = IsValid(validity, i) ? new NativeListEntry((ulong)i * (ulong)size, (ulong)size) : default;
        int elements = checked(count * size);
        DuckDbApi.duckdb_list_vector_reserve(vector, (ulong)elements);
        DuckDbApi.duckdb_list_vector_set_size(vector, (ulong)elements);
        element.Load(array.Children[0], checked((array.Offset + from) * size), elements, DuckDbApi.duckdb_list_vector_get_child(vector), null, pins);
    }
}
