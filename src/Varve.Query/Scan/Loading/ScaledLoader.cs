using System.Numerics;
using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Scan.Loading;

/// <summary>Counts of a coarser unit as counts of a finer one, and times of day, which must lie within a day.</summary>
/// <typeparam name="T">Arrow's value: int or long.</typeparam>
/// <param name="type">DuckDB's type, of 64 bits.</param>
/// <param name="sqlName">Its name.</param>
/// <param name="factor">Finer units in a coarser one.</param>
/// <param name="least">The least value that fits, in the coarser unit.</param>
/// <param name="most">The greatest value that fits, in the coarser unit.</param>
internal sealed unsafe class ScaledLoader<T>(DuckDbTypeId type, string sqlName, long factor, long least, long most) : ColumnLoader
    where T : unmanaged, IBinaryInteger<T>
{
    public override string SqlName => sqlName;

    public override int RowBytes => sizeof(long);

    public override LogicalTypeHandle CreateType() => DuckDbApi.duckdb_create_logical_type(type);

    protected override void LoadValues(ArrayData array, int from, int count, nint vector, ulong* validity, ScanPins? pins)
    {
        ReadOnlySpan<T> source = MemoryMarshal.Cast<byte, T>(array.Buffers[1].Span).Slice(array.Offset + from, count);
        long* target = (long*)DuckDbApi.duckdb_vector_get_data(vector);
        for (int i = 0; i < source.Length; i++)
        {
            long value = long.CreateTruncating(source[i]);
            if (value >= least && value <= most)
                target[i] = value * factor;
            else if (!IsValid(validity, i))
                target[i] = 0;
            else
                throw LoadErrors.Misfit($"{array.Type.Name} value {value}", sqlName);
        }
    }
}
