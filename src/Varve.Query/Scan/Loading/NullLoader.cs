using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Scan.Loading;

/// <summary>Arrow's null type, whose values are all null, as an INTEGER that is always NULL.</summary>
internal sealed unsafe class NullLoader : ColumnLoader
{
    public override string SqlName => "INTEGER";

    public override int RowBytes => sizeof(int);

    public override LogicalTypeHandle CreateType() => DuckDbApi.duckdb_create_logical_type(DuckDbTypeId.Integer);

    protected override void LoadValues(ArrayData array, int from, int count, nint vector, ulong* validity, ScanPins? pins)
    {
    }
}
