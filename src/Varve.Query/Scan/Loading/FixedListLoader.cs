using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Scan.Loading;

/// <summary>fixed_size_list as ARRAY.</summary>
internal sealed unsafe class FixedListLoader(ColumnLoader element, int size) : ColumnLoader
{
    public override string SqlName => $"{element.SqlName}[{size}]";

    public override int RowBytes => size * element.RowBytes;

    public override LogicalTypeHandle CreateType()
    {
        using LogicalTypeHandle type = element.CreateType();
        return DuckDbApi.duckdb_create_array_type(type, (ulong)size);
    }

    public override bool HasLists => element.HasLists;

    public override long ListBytes(ArrayData array, int from, int count) =>
        element.ListBytes(array.Children[0], (array.Offset + from) * size, count * size);

    protected override void LoadValues(ArrayData array, int from, int count, nint vector, ulong* validity, ScanPins? pins)
    {
        nint child = DuckDbApi.duckdb_array_vector_get_child(vector);
        int first = checked((array.Offset + from) * size);
        int elements = checked(count * size);
        if (validity == null)
        {
            element.Load(array.Children[0], first, elements, child, null, pins);
            return;
        }

        // As in a struct, what a null row holds must be null itself.
        ulong[] spread = new ulong[(elements + 63) >> 6];
        for (int i = 0; i < elements; i++)
        {
            if (IsValid(validity, i / size))
                spread[i >> 6] |= 1UL << (i & 63);
        }

        fixed (ulong* parent = spread)
            element.Load(array.Children[0], first, elements, child, parent, pins);
    }
}
