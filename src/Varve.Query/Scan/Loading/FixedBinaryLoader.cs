using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Scan.Loading;

/// <summary>fixed_size_binary as BLOB.</summary>
internal sealed unsafe class FixedBinaryLoader(int widthBytes) : ColumnLoader
{
    public override string SqlName => "BLOB";

    public override int RowBytes => sizeof(NativeString);

    public override LogicalTypeHandle CreateType() => DuckDbApi.duckdb_create_logical_type(DuckDbTypeId.Blob);

    protected override void LoadValues(ArrayData array, int from, int count, nint vector, ulong* validity, ScanPins pins)
    {
        byte* bytes = pins.Pin(array, 1) + ((long)(array.Offset + from) * widthBytes);
        var target = (NativeString*)DuckDbApi.duckdb_vector_get_data(vector);
        for (int i = 0; i < count; i++)
            NativeString.Write(target + i, bytes + ((long)i * widthBytes), widthBytes);
    }
}
