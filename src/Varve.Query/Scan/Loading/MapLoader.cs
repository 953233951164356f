using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Scan.Loading;

/// <summary>map as MAP.</summary>
internal sealed unsafe class MapLoader(ColumnLoader key, ColumnLoader value) : ColumnLoader
{
    private readonly StructLoader _entry = new(["key", "value"], [key, value]);

    public override string SqlName => $"MAP({key.SqlName}, {value.SqlName})";

    public override int RowBytes => sizeof(NativeListEntry) + _entry.RowBytes;

    public override LogicalTypeHandle CreateType()
    {
        using LogicalTypeHandle keyType = key.CreateType();
        using LogicalTypeHandle valueType = value.CreateType();
        return DuckDbApi.duckdb_create_map_type(keyType, valueType);
    }

    public override bool HasLists => true;

    public override long ListBytes(ArrayData array, int from, int count) => ListLoader<int>.ListBytes(_entry, array, from, count);

    protected override void LoadValues(ArrayData array, int from, int count, nint vector, ulong* validity, ScanPins? pins) =>
        ListLoader<int>.LoadLists(_entry, array, from, count, vector, validity, pins);
}
