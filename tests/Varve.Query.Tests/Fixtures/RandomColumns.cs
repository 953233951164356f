using Varve.Arrow;

namespace Varve.Query.Tests.Fixtures;

/// <summary>Random types that leave SQL as they entered it, and random values of them.</summary>
internal static class RandomColumns
{
    private static readonly ArrowType[] Flat =
    [
        ArrowTypes.Boolean, ArrowTypes.Int8, ArrowTypes.Int16, ArrowTypes.Int32, ArrowTypes.Int64, ArrowTypes.UInt32, ArrowTypes.Float32,
        ArrowTypes.Float64,
        ArrowTypes.Utf8, ArrowTypes.Binary, ArrowTypes.Date32, new TimeType(TimeUnit.Nanosecond), new TimestampType(TimeUnit.Nanosecond, null),
        ArrowTypes.TimestampMicrosUtc,
    ];

    private static readonly double[] NullShares = [0, 0.01, 0.5, 1];

    public static ArrowType Type(Random r, int depth)
    {
        if (depth == 0 || r.Next(2) == 0)
            return Flat[r.Next(Flat.Length)];
        return r.Next(4) switch
        {
            0 => new ListType(new Field("item", Type(r, depth - 1))),
            1 => new FixedSizeListType(new Field("item", Type(r, depth - 1)), r.Next(1, 4)),
            2 => new MapType(
                new Field("entries", new StructType([new Field("key", ArrowTypes.Int32, false), new Field("value", Type(r, depth - 1))]), false),
                KeysSorted: false),
            _ => new StructType([.. Enumerable.Range(0, r.Next(1, 4)).Select(i => new Field($"f{i}", Type(r, depth - 1)))]),
        };
    }

    public static object?[] Values(Random r, ArrowType type, int count)
    {
        // Columns without a null, with few and with many take different ways.
        double nulls = NullShares[r.Next(NullShares.Length)];
        return [.. Enumerable.Range(0, count).Select(_ => Value(r, type, nulls))];
    }

    private static object? Value(Random r, ArrowType type, double nulls)
    {
        if (r.NextDouble() < nulls)
            return null;
        return type switch
        {
            BooleanType => r.Next(2) == 0,
            IntegerType { BitWidth: 8 } => (sbyte)r.Next(sbyte.MinValue, sbyte.MaxValue),
            IntegerType { BitWidth: 16 } => (short)r.Next(short.MinValue, short.MaxValue),
            IntegerType { BitWidth: 32, IsSigned: false } => (uint)r.NextInt64(uint.MaxValue),
            IntegerType { BitWidth: 32 } => r.Next(),
            IntegerType => r.NextInt64(),
            FloatType { BitWidth: 32 } => r.NextSingle(),
            FloatType => r.NextDouble(),
            Utf8Type => new string((char)('a' + r.Next(26)), r.Next(30)),
            BinaryType => Enumerable.Range(0, r.Next(30)).Select(_ => (byte)r.Next(256)).ToArray(),
            DateType => r.Next(-100_000, 100_000),
            TimeType => r.NextInt64(86_400_000_000_000),
            TimestampType => r.NextInt64(2_000_000_000_000_000),
            ListType list => Elements(r, list.Element.Type, r.Next(5), nulls),
            FixedSizeListType list => Elements(r, list.Element.Type, list.Size, nulls),
            MapType map => Enumerable.Range(0, r.Next(4))
                .Select(i => new KeyValuePair<object, object?>(i, Value(r, map.Entries.Type.Children[1].Type, nulls))).ToArray(),
            StructType record => record.Fields.Select(f => Value(r, f.Type, nulls)).ToArray(),
            _ => throw new NotSupportedException(type.Name),
        };
    }

    private static object?[] Elements(Random r, ArrowType type, int count, double nulls) =>
        [.. Enumerable.Range(0, count).Select(_ => Value(r, type, nulls))];
}
