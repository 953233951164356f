using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;

namespace Varve.Storage.Tests.Segments;

/// <summary>Arrays of any type with values that data has: runs, few distinct ones, extremes, none at all; some of the rows null, sliced at odd
/// places.</summary>
internal static class RandomArrays
{
    public static ArrayData Next(Random random, ArrowType type, int rows, bool withNulls = true)
    {
        int nullsOf10 = !withNulls || random.Next(3) == 0 ? 0 : random.Next(11);
        int before = random.Next(2) * random.Next(20);
        object?[] choices = [.. Enumerable.Range(0, random.Next(2) == 0 ? random.Next(1, 4) : 1_000).Select(_ => Value(random, type))];
        ArrayBuilder builder = ArrayBuilder.Create(type);
        object? last = choices[0];
        bool runs = random.Next(3) == 0;
        for (int i = 0; i < before + rows; i++)
        {
            last = runs && random.Next(20) != 0 ? last : choices[random.Next(choices.Length)];
            builder.AppendValue(random.Next(10) < nullsOf10 ? null : last);
        }

        return builder.Build().Slice(before, rows);
    }

    /// <summary>Not null, but for the null type.</summary>
    private static object? Value(Random random, ArrowType type) => type switch
    {
        NullType => null,
        BooleanType => random.Next(2) == 0,
        IntegerType { IsSigned: true } integer => Signed(Whole(random, integer.BitWidth), integer.BitWidth),
        IntegerType integer => Unsigned(Whole(random, integer.BitWidth), integer.BitWidth),
        FloatType number => Float(random, number.BitWidth),
        DecimalType number => new DecimalValue(
            System.Numerics.BigInteger.Pow(10, random.Next(number.Precision)) * random.Next(-9, 10), number.Scale),
        Utf8Type or LargeUtf8Type or Utf8ViewType => new string((char)random.Next('a', 'z'), random.Next(20)) + random.Next(50),
        BinaryType or LargeBinaryType or BinaryViewType => Bytes(random, random.Next(30)),
        FixedSizeBinaryType binary => Bytes(random, binary.Width),
        DateType { Unit: DateUnit.Day } => (int)Whole(random, 32),
        DateType => random.Next(-100_000, 100_000) * 86_400_000L,
        TimeType { ByteWidth: 4 } => random.Next(86_400),
        TimeType => random.NextInt64(86_400_000),
        TimestampType or DurationType => Whole(random, 64),
        IntervalType { Unit: IntervalUnit.YearMonth } => new IntervalValue(random.Next(), 0, 0),
        IntervalType { Unit: IntervalUnit.DayTime } => new IntervalValue(0, random.Next(), random.Next(1_000) * 1_000_000L),
        IntervalType => new IntervalValue(random.Next(), -random.Next(), Whole(random, 64)),
        StructType record => record.Fields.Select(f => Child(random, f)).ToArray(),
        MapType map => Enumerable.Range(0, random.Next(3)).Select(_ => new KeyValuePair<object, object?>(
            Value(random, map.Entries.Type.Children[0].Type)!, Child(random, map.Entries.Type.Children[1]))).ToArray(),
        FixedSizeListType list => Enumerable.Range(0, list.Size).Select(_ => Child(random, list.Element)).ToArray(),
        _ => Enumerable.Range(0, random.Next(4)).Select(_ => Child(random, type.Children[0])).ToArray(),
    };

    private static object? Child(Random random, Field field) => field.IsNullable && random.Next(4) == 0 ? null : Value(random, field.Type);

    /// <summary>Any number of so many bits: small, at an end of the range, or anything.</summary>
    private static long Whole(Random random, int bits) => (random.Next(5) switch
    {
        0 => long.MinValue,
        1 => long.MaxValue,
        2 => random.NextInt64(long.MinValue, long.MaxValue),
        _ => random.NextInt64(-100, 100) << (64 - bits),
    }) >> (64 - bits);

    private static object Signed(long value, int bits) => bits switch { 8 => (sbyte)value, 16 => (short)value, 32 => (int)value, _ => value };

    private static object Unsigned(long value, int bits) =>
        unchecked(bits switch { 8 => (byte)value, 16 => (ushort)value, 32 => (uint)value, _ => (object)(ulong)value });

    private static object Float(Random random, int bits)
    {
        double value = random.Next(8) switch
        {
            0 => double.NaN,
            1 => double.PositiveInfinity,
            2 => -0.0,
            3 => double.Epsilon,
            4 => double.MaxValue,
            5 => random.NextDouble() - 0.5,
            _ => Math.Round(random.NextDouble() * 1_000, 2),
        };
        return bits switch { 16 => (Half)value, 32 => (float)value, _ => value };
    }

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
