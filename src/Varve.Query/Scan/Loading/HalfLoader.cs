using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Scan.Loading;

/// <summary>float16 as FLOAT, which holds every value of it.</summary>
internal sealed unsafe class HalfLoader : ColumnLoader
{
    public override string SqlName => "FLOAT";

    public override int RowBytes => sizeof(float);

    public override LogicalTypeHandle CreateType() => DuckDbApi.duckdb_create_logical_type(DuckDbTypeId.Float);

    protected override void LoadValues(ArrayData array, int from, int count, nint vector, ulong* validity, ScanPins? pins)
    {
        ReadOnlySpan<Half> source = MemoryMarshal.Cast<byte, Half>(array.Buffers[1].Span).Slice(array.Offset + from, count);
        float* target = (float*)DuckDbApi.duckdb_vector_get_data(vector);
        for (int i = 0; i < source.Length; i++)
            target[i] = (float)source[i];
    }
}
