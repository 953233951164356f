using System.Globalization;
using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Query.Tests.Fixtures;
using Varve.Query.Tests.Fixtures.Doubles;
using Varve.Storage;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Query.Tests.Scan;

/// <summary>
/// Conditions on columns of every type that SQL compares, also those that DuckDB has no such storage for, answer the same with rows left out as
/// without.
/// </summary>
public sealed class OddTypePredicateTests(QueryFixture fixture, ITestOutputHelper output) : IClassFixture<QueryFixture>
{
    private const int RowCount = 12_000;
    private const int StatementCount = 250;

    private static readonly (string Name, ArrowType Type, string SqlType, Func<Random, object> Value)[] Columns =
    [
        ("i8", ArrowTypes.Int8, "TINYINT", r => (sbyte)r.Next(-128, 128)),
        ("u8", ArrowTypes.UInt8, "UTINYINT", r => (byte)r.Next(256)),
        ("u16", ArrowTypes.UInt16, "USMALLINT", r => (ushort)r.Next(300)),
        ("u32", ArrowTypes.UInt32, "UINTEGER", r => (uint)r.NextInt64(uint.MaxValue)),
        ("u64", ArrowTypes.UInt64, "UBIGINT", r => ulong.MaxValue - (ulong)r.Next(50)),
        ("h", ArrowTypes.Float16, "FLOAT", r => (Half)(r.Next(100) / 4.0)),
        ("f", ArrowTypes.Float32, "FLOAT", r => r.Next(1000) / 7f),
        ("dec32", new DecimalType(6, 2, 32), "DECIMAL(6,2)", r => new DecimalValue(r.Next(-5000, 5000), 2)),
        ("dec64", new DecimalType(12, 4, 64), "DECIMAL(12,4)", r => new DecimalValue(r.Next(-5000, 5000), 4)),
        ("dec128", new DecimalType(30, 0, 128), "DECIMAL(30,0)", r => new DecimalValue(r.Next(-500, 500), 0)),
        ("dec256", new DecimalType(20, 1, 256), "DECIMAL(20,1)", r => new DecimalValue(r.Next(-500, 500), 1)),
        ("decneg", new DecimalType(5, -2, 128), "DECIMAL(7,0)", r => new DecimalValue(r.Next(-50, 50), -2)),
        ("t32s", new TimeType(TimeUnit.Second), "TIME", r => r.Next(86_400)),
        ("t32ms", new TimeType(TimeUnit.Millisecond), "TIME", r => r.Next(86_400) * 1000),
        ("t64us", new TimeType(TimeUnit.Microsecond), "TIME", r => r.Next(86_400) * 1_000_000L),
        ("t64ns", new TimeType(TimeUnit.Nanosecond), "TIME_NS", r => r.Next(86_400) * 1_000_000_000L),
        ("ts_s", new TimestampType(TimeUnit.Second, null), "TIMESTAMP_S", r => 1_700_000_000L + r.Next(1000)),
        ("ts_ms", new TimestampType(TimeUnit.Millisecond, null), "TIMESTAMP_MS", r => (1_700_000_000L + r.Next(1000)) * 1000),
        ("ts_ns", new TimestampType(TimeUnit.Nanosecond, null), "TIMESTAMP_NS", r => (1_700_000_000L + r.Next(1000)) * 1_000_000_000),
        ("tz_s", new TimestampType(TimeUnit.Second, "UTC"), "TIMESTAMPTZ", r => 1_700_000_000L + r.Next(1000)),
        ("tz_ms", new TimestampType(TimeUnit.Millisecond, "Europe/Berlin"), "TIMESTAMPTZ", r => (1_700_000_000L + r.Next(1000)) * 1000),
        ("d64", ArrowTypes.Date64, "TIMESTAMP_MS", r => 86_400_000L * r.Next(19_000, 19_050)),
        ("d32", ArrowTypes.Date32, "DATE", r => r.Next(19_000, 19_050)),
        ("dur", new DurationType(TimeUnit.Nanosecond), "BIGINT", r => r.NextInt64(100)),
        ("large", ArrowTypes.LargeUtf8, "VARCHAR", r => $"large text number {r.Next(60)}"),
        ("view", ArrowTypes.Utf8View, "VARCHAR", r => r.Next(3) == 0 ? "short" : $"a view of text number {r.Next(60)}"),
        ("single_view", ArrowTypes.Utf8View, "VARCHAR", r => r.Next(3) == 0 ? "s" : $"a view of text number {r.Next()}"),
        ("single_large", ArrowTypes.LargeBinary, "BLOB", r => Bytes(r)),
        ("fixed", new FixedSizeBinaryType(16), "BLOB", r => new byte[15].Append((byte)r.Next(9)).ToArray()),
        ("nothing", ArrowTypes.Null, "INTEGER", _ => null!),
    ];

    [Fact]
    public async Task Random_conditions_on_odd_types_keep_every_row_that_matters()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        RecordBatch batch = TestArrays.Batch([.. Columns.Select(c => (c.Name, c.Type, Values(random, c.Value)))]);
        await fixture.CreateAsync("odd", batch);
        StreamView view = SegmentedView.Of(fixture.Storage.OpenView("odd"), [[2500], [1000, 1500], [2048, 2], [450], [2500]], orderBy: 2);
        using var engine = new QueryEngine(fixture.Storage, new QueryOptions { ThreadCount = 2 }, _ => view);
        long dropped = 0;
        for (int i = 0; i < StatementCount; i++)
        {
            string where = Condition(random, batch, 2);
            string sql = $"SELECT count(*), sum(hash({string.Join(", ", Columns.Select(c => c.Name))}, _offset, _time)) FROM odd WHERE {where}";
            string[] whole = await engine.ReadAsync(sql, settings: new QuerySettings { Prune = false });
            await using QueryResult result = await engine.ExecuteAsync(sql);
            RecordBatch only = Assert.Single(await result.ReadAllAsync().ToListAsync());
            string narrowed = string.Join('|', only.Columns.Select(c => Rows.Show(c, 0)));
            Assert.True(whole[0] == narrowed, $"{where}: {whole[0]} rows and their hash, {narrowed} where rows are left out");
            dropped += result.Scan.RowsDropped;
        }

        output.WriteLine($"{dropped} rows dropped");
        Assert.True(dropped > 0);
    }

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[random.Next(30)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static object?[] Values(Random random, Func<Random, object> value)
    {
        double nulls = random.Next(3) * 0.1;
        return [.. Enumerable.Range(0, RowCount).Select(_ => random.NextDouble() < nulls ? null : value(random))];
    }

    private static string Condition(Random r, RecordBatch batch, int depth)
    {
        if (depth > 0 && r.Next(3) > 0)
        {
            string left = Condition(r, batch, depth - 1);
            string right = Condition(r, batch, depth - 1);
            return r.Next(4) switch { 0 or 1 => $"({left} OR {right})", 2 => $"NOT ({left} AND {right})", _ => $"({left} AND {right})" };
        }

        int column = r.Next(Columns.Length);
        string name = Columns[column].Name;
        string comparison = ((string[])["=", "<", "<=", ">", ">=", "<>", "IS DISTINCT FROM"])[r.Next(7)];
        string V() => Constant(r, batch.Columns[column], Columns[column].SqlType);
        return r.Next(8) switch
        {
            0 => $"{name} IS NULL",
            1 => $"{name} BETWEEN {V()} AND {V()}",
            2 => $"{name} IN ({V()}, {V()}, {V()})",
            3 => $"{name} IN ({string.Join(", ", Enumerable.Range(0, 9).Select(_ => V()))})",
            4 when Columns[column].SqlType == "VARCHAR" => $"{name} LIKE '%{r.Next(60)}'",
            _ => $"{name} {comparison} {V()}",
        };
    }

    /// <summary>A value of the column.</summary>
    private static string Constant(Random r, ArrayData array, string sqlType)
    {
        for (int attempt = 0; attempt < 20; attempt++)
        {
            int row = r.Next(array.Length);
            if (array.IsNull(row))
                continue;
            string text = array.Type is DurationType
                ? ArrayReader.GetInt64(array, row).ToString(CultureInfo.InvariantCulture)
                : ArrayReader.Format(array, row);
            return sqlType == "BLOB" ? $"from_hex('{text}')" : $"'{text}'::{sqlType}";
        }

        return $"NULL::{sqlType}";
    }
}
