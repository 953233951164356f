using Varve.Arrow.FlatBuffers;

namespace Varve.Arrow.Ipc;

/// <summary>Writes a type's union code and table. A field equal to its default in Schema.fbs is left out.</summary>
internal static class TypeWriter
{
    private const short DenseMode = 1;

    public static TypeCode Code(ArrowType type) => type.Id switch
    {
        ArrowTypeId.Null => TypeCode.Null,
        ArrowTypeId.Boolean => TypeCode.Bool,
        ArrowTypeId.Integer => TypeCode.Int,
        ArrowTypeId.Float => TypeCode.FloatingPoint,
        ArrowTypeId.Decimal => TypeCode.Decimal,
        ArrowTypeId.Utf8 => TypeCode.Utf8,
        ArrowTypeId.LargeUtf8 => TypeCode.LargeUtf8,
        ArrowTypeId.Utf8View => TypeCode.Utf8View,
        ArrowTypeId.Binary => TypeCode.Binary,
        ArrowTypeId.LargeBinary => TypeCode.LargeBinary,
        ArrowTypeId.BinaryView => TypeCode.BinaryView,
        ArrowTypeId.FixedSizeBinary => TypeCode.FixedSizeBinary,
        ArrowTypeId.Date => TypeCode.Date,
        ArrowTypeId.Time => TypeCode.Time,
        ArrowTypeId.Timestamp => TypeCode.Timestamp,
        ArrowTypeId.Duration => TypeCode.Duration,
        ArrowTypeId.Interval => TypeCode.Interval,
        ArrowTypeId.List => TypeCode.List,
        ArrowTypeId.LargeList => TypeCode.LargeList,
        ArrowTypeId.FixedSizeList => TypeCode.FixedSizeList,
        ArrowTypeId.Struct => TypeCode.Struct,
        ArrowTypeId.Map => TypeCode.Map,
        ArrowTypeId.DenseUnion => TypeCode.Union,
        _ => throw new ArgumentException($"a value of type {type.Name} cannot stand alone in an Arrow schema"),
    };

    public static int Write(FlatBuilder builder, ArrowType type)
    {
        int zone = type is TimestampType { TimeZone: { } name } ? builder.String(name) : 0;
        int unionIds = type is DenseUnionType union ? builder.Int32s([.. Enumerable.Range(0, union.Fields.Count)]) : 0;
        builder.StartTable(3);
        switch (type)
        {
            case IntegerType integer:
                builder.Int32(0, integer.BitWidth);
                builder.Bool(1, integer.IsSigned);
                break;
            case FloatType floating:
                builder.Int16(0, floating.BitWidth switch { 16 => 0, 32 => 1, _ => 2 });
                break;
            case DecimalType number:
                builder.Int32(0, number.Precision);
                builder.Int32(1, number.Scale);
                builder.Int32(2, number.BitWidth, absent: 128);
                break;
            case FixedSizeBinaryType binary:
                builder.Int32(0, binary.Width);
                break;
            case FixedSizeListType list:
                builder.Int32(0, list.Size);
                break;
            case MapType map:
                builder.Bool(0, map.KeysSorted);
                break;
            case DenseUnionType:
                builder.Int16(0, DenseMode);
                builder.Reference(1, unionIds);
                break;
            default:
                WriteUnit(builder, type, zone);
                break;
        }

        return builder.EndTable();
    }

    private static void WriteUnit(FlatBuilder builder, ArrowType type, int zone)
    {
        switch (type)
        {
            case DateType date:
                builder.Int16(0, (short)date.Unit, absent: (short)DateUnit.Millisecond);
                break;
            case TimeType time:
                builder.Int32(1, time.ByteWidth * 8, absent: 32);
                builder.Int16(0, (short)time.Unit, absent: (short)TimeUnit.Millisecond);
                break;
            case TimestampType timestamp:
                builder.Reference(1, zone);
                builder.Int16(0, (short)timestamp.Unit);
                break;
            case DurationType duration:
                builder.Int16(0, (short)duration.Unit, absent: (short)TimeUnit.Millisecond);
                break;
            case IntervalType interval:
                builder.Int16(0, (short)interval.Unit);
                break;
        }
    }
}
