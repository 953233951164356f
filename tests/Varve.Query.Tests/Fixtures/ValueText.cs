using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using Varve.Arrow;
using Varve.Query.Types;

namespace Varve.Query.Tests.Fixtures;

/// <summary>One value as text, exact for every type: numbers of dates and times as they lie in memory.</summary>
internal static class ValueText
{
    public static string Of(ArrayData array, int row)
    {
        if (array.IsNull(row))
            return "null";
        int at = array.Offset + row;
        return array.Type switch
        {
            BooleanType => Bitmap.IsSet(array.Buffers[1].Span, at) ? "true" : "false",
            FloatType { BitWidth: 16 } => ((float)Read<Half>(array, at)).ToString("R"),
            FloatType { BitWidth: 32 } => Read<float>(array, at).ToString("R"),
            FloatType => Read<double>(array, at).ToString("R"),
            IntegerType { IsSigned: false } or IntegerType or DecimalType or DateType or TimeType or TimestampType or DurationType => Number(array, at),
            IntervalType { Unit: IntervalUnit.MonthDayNano } =>
                $"{Read<int>(array, at, 16)}m{Read<int>(array, at, 16, 4)}d{Read<long>(array, at, 16, 8)}n",
            Utf8Type or LargeUtf8Type or Utf8ViewType => Encoding.UTF8.GetString(ArrayBytes.Get(array, row)),
            BinaryType or LargeBinaryType or BinaryViewType or FixedSizeBinaryType => Convert.ToHexString(ArrayBytes.Get(array, row)),
            ListType or MapType => List(array, Read<int>(array, at), Read<int>(array, at + 1)),
            LargeListType => List(array, (int)Read<long>(array, at), (int)Read<long>(array, at + 1)),
            FixedSizeListType list => List(array, at * list.Size, (at + 1) * list.Size),
            StructType => $"({string.Join(", ", array.Children.Select(c => Of(c, at)))})",
            _ => throw new NotSupportedException(array.Type.Name),
        };
    }

    private static string List(ArrayData array, int start, int end) =>
        $"[{string.Join(", ", Enumerable.Range(start, end - start).Select(i => Of(array.Children[0], i)))}]";

    private static string Number(ArrayData array, int at)
    {
        int width = array.Type.ByteWidth;
        bool isUnsigned = array.Type is IntegerType { IsSigned: false };
        return new BigInteger(array.Buffers[1].Span.Slice(at * width, width), isUnsigned).ToString();
    }

    private static T Read<T>(ArrayData array, int at, int stride = 0, int place = 0)
        where T : unmanaged => MemoryMarshal.Read<T>(array.Buffers[1].Span[((at * (stride == 0 ? Marshal.SizeOf<T>() : stride)) + place)..]);
}
