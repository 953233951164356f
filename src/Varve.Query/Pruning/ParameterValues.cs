using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Query.Types;
using Varve.Storage.Zones;

namespace Varve.Query.Pruning;

/// <summary>Values of Arrow arrays in the unit and order of their SQL type.</summary>
internal static class ParameterValues
{
    /// <summary>For a row that is not null; null for types whose values have no order here.</summary>
    public static ZoneValue? Read(ArrayData array, int row)
    {
        switch (array.Type)
        {
            case BooleanType:
                return ZoneValue.Of(ArrayReader.GetBoolean(array, row) ? 1 : 0);
            case FloatType:
                return ZoneValue.OfReal(ArrayReader.GetDouble(array, row));
            case IntegerType { IsSigned: false }:
                return ZoneValue.Of(ArrayReader.GetUInt64(array, row));
            case IntegerType or DateType or TimeType or TimestampType or DurationType { Unit: TimeUnit.Nanosecond }:
                return ZoneValue.Of(ArrayReader.GetInt64(array, row) * StoredUnit.Of(array.Type));
            case DecimalType type:
                ReadOnlySpan<byte> bytes = array.Buffers[1].Span.Slice((array.Offset + row) * type.ByteWidth, type.ByteWidth);
                return DecimalShape.Of(type) is { } shape && shape.TryRead(bytes, out Int128 value) ? ZoneValue.Of(value) : null;
            case Utf8Type or LargeUtf8Type or Utf8ViewType or BinaryType or LargeBinaryType or BinaryViewType or FixedSizeBinaryType:
                return ZoneValue.OfBytes(ArrayReader.GetBytes(array, row));
            default:
                return null;
        }
    }
}
