using System.Numerics;
using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Query.Native;
using Varve.Query.Scan.Loading;

namespace Varve.Query.Types;

/// <summary>Single values of Arrow arrays as SQL values, with the types that columns of streams get.</summary>
internal static unsafe class SqlValues
{
    /// <summary>The caller disposes the value.</summary>
    /// <exception cref="QueryException">The type cannot be a parameter, or the value does not fit.</exception>
    public static ValueHandle Create(ArrayData array, int row)
    {
        if (array.IsNull(row))
            return DuckDbApi.duckdb_create_null_value();
        return array.Type switch
        {
            BooleanType => DuckDbApi.duckdb_create_bool(Bitmap.IsSet(array.Buffers[1].Span, array.Offset + row)),
            IntegerType type => Integer(type, array, row),
            FloatType { BitWidth: 16 } => DuckDbApi.duckdb_create_float((float)Read<Half>(array, row)),
            FloatType { BitWidth: 32 } => DuckDbApi.duckdb_create_float(Read<float>(array, row)),
            FloatType => DuckDbApi.duckdb_create_double(Read<double>(array, row)),
            DecimalType type => Decimal(type, array, row),
            Utf8Type or LargeUtf8Type or Utf8ViewType => Text(ArrayReader.GetBytes(array, row)),
            BinaryType or LargeBinaryType or BinaryViewType or FixedSizeBinaryType => Blob(ArrayReader.GetBytes(array, row)),
            DateType { Unit: DateUnit.Day } => DuckDbApi.duckdb_create_date(Read<int>(array, row)),
            DateType => DuckDbApi.duckdb_create_timestamp_ms(Read<long>(array, row)),
            TimeType type => Time(type.Unit, array, row),
            TimestampType type => Timestamp(type, Read<long>(array, row)),
            DurationType { Unit: TimeUnit.Nanosecond } => DuckDbApi.duckdb_create_int64(Read<long>(array, row)),
            DurationType or IntervalType => DuckDbApi.duckdb_create_interval(IntervalLoader.Convert(array.Type, Bytes(array, row))),
            DictionaryType type => Create(array.Dictionary!, DictionaryCode(type, array, row)),
            ListType or LargeListType or FixedSizeListType => List(array, row),
            _ => throw new QueryException(QueryErrorCode.Unsupported, $"a value of type {array.Type.Name} cannot be given as a parameter"),
        };
    }

    private static ReadOnlySpan<byte> Bytes(ArrayData array, int row) =>
        array.Buffers[1].Span.Slice((array.Offset + row) * array.Type.ByteWidth, array.Type.ByteWidth);

    private static T Read<T>(ArrayData array, int row)
        where T : unmanaged => MemoryMarshal.Read<T>(Bytes(array, row));

    private static ValueHandle Integer(IntegerType type, ArrayData array, int row) => (type.BitWidth, type.IsSigned) switch
    {
        (8, true) => DuckDbApi.duckdb_create_int8(Read<sbyte>(array, row)),
        (16, true) => DuckDbApi.duckdb_create_int16(Read<short>(array, row)),
        (32, true) => DuckDbApi.duckdb_create_int32(Read<int>(array, row)),
        (64, true) => DuckDbApi.duckdb_create_int64(Read<long>(array, row)),
        (8, false) => DuckDbApi.duckdb_create_uint8(Read<byte>(array, row)),
        (16, false) => DuckDbApi.duckdb_create_uint16(Read<ushort>(array, row)),
        (32, false) => DuckDbApi.duckdb_create_uint32(Read<uint>(array, row)),
        _ => DuckDbApi.duckdb_create_uint64(Read<ulong>(array, row)),
    };

    private static ValueHandle Decimal(DecimalType type, ArrayData array, int row)
    {
        if (DecimalShape.Of(type) is not { } shape)
            throw new QueryException(QueryErrorCode.Unsupported, $"a value of type {type.Name} has more digits than SQL's DECIMAL holds");
        if (!shape.TryRead(Bytes(array, row), out Int128 value))
            throw LoadErrors.Misfit($"{type.Name} value of more than {type.Precision} digits", shape.SqlName);
        return DuckDbApi.duckdb_create_decimal(new NativeDecimal(shape.Width, shape.Scale, (ulong)value, (long)(value >> 64)));
    }

    private static ValueHandle Text(ReadOnlySpan<byte> text)
    {
        fixed (byte* bytes = text)
            return DuckDbApi.duckdb_create_varchar_length(bytes, (ulong)text.Length);
    }

    private static ValueHandle Blob(ReadOnlySpan<byte> blob)
    {
        fixed (byte* bytes = blob)
            return DuckDbApi.duckdb_create_blob(bytes, (ulong)blob.Length);
    }

    private static ValueHandle Time(TimeUnit unit, ArrayData array, int row) => unit switch
    {
        TimeUnit.Second => DuckDbApi.duckdb_create_time(Read<int>(array, row) * 1_000_000L),
        TimeUnit.Millisecond => DuckDbApi.duckdb_create_time(Read<int>(array, row) * 1000L),
        TimeUnit.Microsecond => DuckDbApi.duckdb_create_time(Read<long>(array, row)),
        _ => DuckDbApi.duckdb_create_time_ns(Read<long>(array, row)),
    };

    private static ValueHandle Timestamp(TimestampType type, long value) => (type.Unit, type.TimeZone) switch
    {
        (TimeUnit.Second, null) => DuckDbApi.duckdb_create_timestamp_s(value),
        (TimeUnit.Millisecond, null) => DuckDbApi.duckdb_create_timestamp_ms(value),
        (TimeUnit.Microsecond, null) => DuckDbApi.duckdb_create_timestamp(value),
        (TimeUnit.Nanosecond, _) => DuckDbApi.duckdb_create_timestamp_ns(value),
        (TimeUnit.Second, _) => DuckDbApi.duckdb_create_timestamp_tz(Micros(type, value, 1_000_000)),
        (TimeUnit.Millisecond, _) => DuckDbApi.duckdb_create_timestamp_tz(Micros(type, value, 1000)),
        _ => DuckDbApi.duckdb_create_timestamp_tz(value),
    };

    private static long Micros(TimestampType type, long value, long factor) =>
        value <= long.MaxValue / factor && value >= long.MinValue / factor
            ? value * factor
            : throw LoadErrors.Misfit($"{type.Name} value {value}", "TIMESTAMP WITH TIME ZONE");

    private static int DictionaryCode(DictionaryType type, ArrayData array, int row)
    {
        long code = (type.IndexType.BitWidth, type.IndexType.IsSigned) switch
        {
            (8, true) => Read<sbyte>(array, row),
            (16, true) => Read<short>(array, row),
            (32, true) => Read<int>(array, row),
            (64, true) => Read<long>(array, row),
            (8, false) => Read<byte>(array, row),
            (16, false) => Read<ushort>(array, row),
            (32, false) => Read<uint>(array, row),
            _ => (long)Math.Min(Read<ulong>(array, row), long.MaxValue),
        };
        return code >= 0 && code < array.Dictionary!.Length
            ? (int)code
            : throw new QueryException(QueryErrorCode.InvalidParameter, $"code {code} is not in the parameter's dictionary");
    }

    private static ValueHandle List(ArrayData array, int row)
    {
        ArrayData child = array.Children[0];
        (long start, long end) = array.Type switch
        {
            ListType => (Offset<int>(array, row), Offset<int>(array, row + 1)),
            LargeListType => (Offset<long>(array, row), Offset<long>(array, row + 1)),
            FixedSizeListType list => ((long)(array.Offset + row) * list.Size, (long)(array.Offset + row + 1) * list.Size),
            _ => throw new InvalidOperationException($"{array.Type.Name} is no list"),
        };
        if (ColumnLoaders.TryCreate(child.Type, out string? problem) is not { } loader)
            throw new QueryException(QueryErrorCode.Unsupported, $"a list of {child.Type.Name} cannot be given as a parameter: {problem}");
        using LogicalTypeHandle type = loader.CreateType();
        var values = new ValueHandle[end - start];
        try
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = Create(child, (int)start + i);
            nint[] handles = [.. values.Select(v => v.DangerousGetHandle()), 0];
            fixed (nint* elements = handles)
                return DuckDbApi.duckdb_create_list_value(type, elements, (ulong)values.Length);
        }
        finally
        {
            foreach (ValueHandle? value in values)
                value?.Dispose();
        }
    }

    private static long Offset<T>(ArrayData array, int row)
        where T : unmanaged, IBinaryInteger<T> => long.CreateTruncating(MemoryMarshal.Cast<byte, T>(array.Buffers[1].Span)[array.Offset + row]);
}
