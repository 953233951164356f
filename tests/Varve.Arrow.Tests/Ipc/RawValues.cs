using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Varve.Arrow.Tests.Ipc;

/// <summary>Single values straight from an array's buffers, as the text that the golden JSON has for them.</summary>
internal static class RawValues
{
    public static long Offset(ArrayData array, int index) =>
        array.Type.Id is ArrowTypeId.LargeList or ArrowTypeId.LargeUtf8 or ArrowTypeId.LargeBinary
        ? BinaryPrimitives.ReadInt64LittleEndian(array.Buffers[1].Span[((array.Offset + index) * 8)..])
        : BinaryPrimitives.ReadInt32LittleEndian(array.Buffers[1].Span[((array.Offset + index) * 4)..]);

    public static string Text(ArrayData array, int row)
    {
        switch (array.Type)
        {
            case BooleanType:
                return Bitmap.IsSet(array.Buffers[1].Span, array.Offset + row) ? "true" : "false";
            case Utf8Type or LargeUtf8Type or Utf8ViewType:
                return Encoding.UTF8.GetString(Bytes(array, row));
            case BinaryType or LargeBinaryType or BinaryViewType:
                return Convert.ToHexString(Bytes(array, row));
            default:
                int width = array.Type.ByteWidth;
                return Fixed(array.Type, array.Buffers[1].Span.Slice((array.Offset + row) * width, width));
        }
    }

    private static ReadOnlySpan<byte> Bytes(ArrayData array, int row)
    {
        if (array.Type.Id is ArrowTypeId.Utf8View or ArrowTypeId.BinaryView)
        {
            ReadOnlySpan<byte> view = array.Buffers[1].Span.Slice((array.Offset + row) * 16, 16);
            int length = BinaryPrimitives.ReadInt32LittleEndian(view);
            if (length <= 12)
                return view.Slice(4, length);
            int buffer = BinaryPrimitives.ReadInt32LittleEndian(view[8..]);
            return array.Buffers[2 + buffer].Span.Slice(BinaryPrimitives.ReadInt32LittleEndian(view[12..]), length);
        }

        int start = (int)Offset(array, row);
        return array.Buffers[2].Span[start..(int)Offset(array, row + 1)];
    }

    private static string Fixed(ArrowType type, ReadOnlySpan<byte> value) => type switch
    {
        FixedSizeBinaryType => Convert.ToHexString(value),
        FloatType { BitWidth: 16 } => BinaryPrimitives.ReadHalfLittleEndian(value).ToString("R"),
        FloatType { BitWidth: 32 } => BinaryPrimitives.ReadSingleLittleEndian(value).ToString("R"),
        FloatType => BinaryPrimitives.ReadDoubleLittleEndian(value).ToString("R"),
        IntervalType { Unit: IntervalUnit.DayTime } => $"{Integer(value[..4])} {Integer(value[4..])}",
        IntervalType { Unit: IntervalUnit.MonthDayNano } => $"{Integer(value[..4])} {Integer(value[4..8])} {Integer(value[8..])}",
        IntegerType { IsSigned: false } or DictionaryType { IndexType.IsSigned: false } => new BigInteger(value, isUnsigned: true).ToString(),
        _ => Integer(value),
    };

    private static string Integer(ReadOnlySpan<byte> value) => new BigInteger(value).ToString();
}
