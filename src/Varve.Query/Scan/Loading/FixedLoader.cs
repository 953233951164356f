using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Scan.Loading;

/// <summary>Values that Arrow and DuckDB lay out alike: one copy of memory.</summary>
internal sealed unsafe class FixedLoader(DuckDbTypeId type, string sqlName, int widthBytes) : ColumnLoader
{
    public override string SqlName => sqlName;

    public override int RowBytes => widthBytes;

    public override LogicalTypeHandle CreateType() => DuckDbApi.duckdb_create_logical_type(type);

    protected override void LoadValues(ArrayData array, int from, int count, nint vector, ulong* validity, ScanPins pins)
    {
        int bytes = count * widthBytes;
        ReadOnlySpan<byte> source = array.Buffers[1].Span.Slice((array.Offset + from) * widthBytes, bytes);
        source.CopyTo(new Span<byte>(DuckDbApi.duckdb_vector_get_data(vector), bytes));
    }
}
