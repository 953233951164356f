using System.Numerics;
using Varve.Arrow;
using Varve.Query.Native;
using Varve.Query.Types;

namespace Varve.Query.Scan.Loading;

/// <summary>Decimals of any width as DECIMAL, which DuckDB keeps in 2, 4, 8 or 16 bytes by the number of digits.</summary>
/// <typeparam name="TTarget">DuckDB's value.</typeparam>
internal sealed unsafe class DecimalLoader<TTarget>(DecimalType type, DecimalShape shape) : ColumnLoader
    where TTarget : unmanaged, IBinaryInteger<TTarget>
{
    public override string SqlName => shape.SqlName;

    public override int RowBytes => sizeof(TTarget);

    public override LogicalTypeHandle CreateType() => DuckDbApi.duckdb_create_decimal_type(shape.Width, shape.Scale);

    /// <summary>Those that take 16 bytes are rarely summed up in less anyway.</summary>
    public override ValueHandle? CreateBound(Int128 stored)
    {
        if (!shape.TryScale(stored, out Int128 value))
            return null;
        return sizeof(TTarget) switch
        {
            sizeof(short) => DuckDbApi.duckdb_create_int16((short)value),
            sizeof(int) => DuckDbApi.duckdb_create_int32((int)value),
            sizeof(long) => DuckDbApi.duckdb_create_int64((long)value),
            _ => null,
        };
    }

    protected override void LoadValues(ArrayData array, int from, int count, nint vector, ulong* validity, ScanPins? pins)
    {
        ReadOnlySpan<byte> source = array.Buffers[1].Span.Slice((array.Offset + from) * type.ByteWidth, count * type.ByteWidth);
        var target = (TTarget*)DuckDbApi.duckdb_vector_get_data(vector);
        for (int i = 0; i < count; i++)
        {
            if (shape.TryRead(source[(i * type.ByteWidth)..], out Int128 value))
                target[i] = TTarget.CreateTruncating(value);
            else if (!IsValid(validity, i))
                target[i] = TTarget.Zero;
            else
                throw LoadErrors.Misfit($"{type.Name} value of more than {type.Precision} digits", SqlName);
        }
    }
}
