using System.Numerics;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;

namespace Varve.Arrow.Tests.Model;

/// <summary>Random rows as plain objects, in the form that ArrayReader.GetValue returns them, and arrays built of them.</summary>
internal static class RandomValues
{
    private static readonly string[] Texts =
    [
        "", "a", "plain", "twelve bytes", "thirteen byte", "\"quoted\\\"\n", "grüße", "日本語テキスト", "😀🎉", "a text that is certainly longer than a view",
    ];

    public static object?[] Rows(Random random, Field field, int count)
    {
        int nullsOf = field.IsNullable ? random.Next(4) : 0;
        return [.. Enumerable.Range(0, count).Select(_ => nullsOf > 0 && random.Next(4) < nullsOf ? null : Value(random, field.Type))];
    }

    /// <summary>The rows as an array that begins somewhere within its buffers.</summary>
    public static ArrayData Array(Random random, Field field, object?[] rows)
    {
        ArrayBuilder builder = ArrayBuilder.Create(field.Type);
        object?[] before = Rows(random, field, random.Next(3) * random.Next(40));
        object?[] after = Rows(random, field, random.Next(3));
        foreach (object? row in (object?[])[.. before, .. rows, .. after])
            builder.AppendValue(row);
        return builder.Build().Slice(before.Length, rows.Length);
    }

    public static RecordBatch Batch(Random random, Schema schema, int count, out object?[][] columns)
    {
        object?[][] made = [.. schema.Fields.Select(f => Rows(random, f, count))];
        columns = made;
        return new RecordBatch(schema, count, [.. schema.Fields.Select((f, i) => Array(random, f, made[i]))]);
    }

    /// <summary>A value; null only for the null type.</summary>
    public static object? Value(Random random, ArrowType type) => type switch
    {
        NullType => null,
        BooleanType => random.Next(2) == 0,
        IntegerType integer => Integer(random, integer),
        FloatType number => Float(random, number),
        DecimalType number => new DecimalValue(Unscaled(random, number), number.Scale),
        Utf8Type or LargeUtf8Type or Utf8ViewType => Texts[random.Next(Texts.Length)] + random.Next(100),
        BinaryType or LargeBinaryType or BinaryViewType => Bytes(random, random.Next(30)),
        FixedSizeBinaryType binary => Bytes(random, binary.Width),
        DateType { Unit: DateUnit.Day } => Spread(random, int.MinValue, int.MaxValue, i => (int)i),
        DateType => random.NextInt64(-100_000, 100_000) * 86_400_000,
        TimeType { ByteWidth: 4 } time => (int)random.NextInt64(0, time.Unit.PerDay()),
        TimeType time => random.NextInt64(0, time.Unit.PerDay()),
        TimestampType or DurationType => Spread(random, long.MinValue, long.MaxValue, i => i),
        IntervalType { Unit: IntervalUnit.YearMonth } => new IntervalValue(random.Next(-500, 500), 0, 0),
        IntervalType { Unit: IntervalUnit.DayTime } =>
            new IntervalValue(0, random.Next(-500, 500), random.Next(int.MinValue, int.MaxValue) * 1_000_000L),
        IntervalType => new IntervalValue(random.Next(-500, 500), random.Next(-500, 500), random.NextInt64(long.MinValue, long.MaxValue)),
        StructType structure => structure.Fields.Select(f => Rows(random, f, 1)[0]).ToArray(),
        MapType map => Entries(random, map),
        FixedSizeListType list => Rows(random, list.Element, list.Size),
        _ => Rows(random, type.Children[0], random.Next(5)),
    };

    private static object Integer(Random random, IntegerType type) => (type.BitWidth, type.IsSigned) switch
    {
        (8, true) => (sbyte)random.Next(sbyte.MinValue, sbyte.MaxValue + 1),
        (16, true) => (short)random.Next(short.MinValue, short.MaxValue + 1),
        (32, true) => Spread(random, int.MinValue, int.MaxValue, i => (int)i),
        (64, true) => Spread(random, long.MinValue, long.MaxValue, i => i),
        (8, false) => (byte)random.Next(256),
        (16, false) => (ushort)random.Next(65_536),
        (32, false) => Spread(random, 0, uint.MaxValue, i => (uint)i),
        _ => random.Next(4) == 0 ? ulong.MaxValue : (ulong)random.NextInt64(),
    };

    /// <summary>Small numbers, big ones, and the ends of the range.</summary>
    private static object Spread<T>(Random random, long min, long max, Func<long, T> convert) => convert(random.Next(6) switch
    {
        0 => min,
        1 => max,
        2 => random.NextInt64(min, max),
        _ => random.NextInt64(Math.Max(min, -100_000), 100_000),
    })!;

    private static object Float(Random random, FloatType type)
    {
        double value = random.Next(10) switch
        {
            0 => double.NaN,
            1 => double.PositiveInfinity,
            2 => double.NegativeInfinity,
            3 => -0.0,
            4 => random.Next(-2000, 2000),
            5 => Greatest(type) * random.Next(-1, 2),
            6 => Least(type) * random.Next(-1, 2),
            _ => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-4, 5)),
        };
        return type.BitWidth switch { 16 => (Half)value, 32 => (float)value, _ => value };
    }

    private static double Greatest(FloatType type) =>
        type.BitWidth switch { 16 => (double)Half.MaxValue, 32 => float.MaxValue, _ => double.MaxValue };

    /// <summary>Above zero.</summary>
    private static double Least(FloatType type) => type.BitWidth switch { 16 => (double)Half.Epsilon, 32 => float.Epsilon, _ => double.Epsilon };

    private static BigInteger Unscaled(Random random, DecimalType type)
    {
        BigInteger value = 0;
        int digits = random.Next(type.Precision + 1);
        for (int i = 0; i < digits; i++)
            value = (value * 10) + random.Next(10);
        return random.Next(2) == 0 ? value : -value;
    }

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static KeyValuePair<object, object?>[] Entries(Random random, MapType map)
    {
        (Field key, Field value) = (map.Entries.Type.Children[0], map.Entries.Type.Children[1]);
        return [.. Enumerable.Range(0, random.Next(4)).Select(_ => new KeyValuePair<object, object?>(Value(random, key.Type)!, One(value)))];

        object? One(Field field) => Rows(random, field, 1)[0];
    }
}
