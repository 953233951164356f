using Varve.Arrow;
using Varve.Arrow.Values;

namespace Varve.Storage.Tests.Segments;

/// <summary>
/// The rows of the golden files: every type, nulls of every form, and numbers of the shapes that encodings are made for. They follow from their
/// number alone and must never change.
/// </summary>
internal static class GoldenRows
{
    private static readonly string[] Cities =
        ["Aachen", "Åbo", "京都", "São Paulo", "", "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"];

    private static readonly (string Type, Func<int, object?> Value)[] Columns =
    [
        ("null", _ => null),
        ("bool", i => Mix(i, 1) % 3 == 0),
        ("bool", i => i % 9 == 0 ? null : i < 250),
        ("int8", i => (sbyte)(i % 11)),
        ("int16", i => (short)Mix(i, 2)),
        ("int32", i => 7),
        ("int32", i => i / 40),
        ("int32", i => i % 100 == 99 ? int.MinValue + i : (int)(Mix(i, 3) % 50)),
        ("int64", i => 1_000_000_007L * i),
        ("int64", i => (long)Mix(i, 4)),
        ("int64", i => i % 3 != 0 ? null : (long)(Mix(i, 5) % 5) * 250_000_000),
        ("int64", i => i % 20 == 7 ? null : i % 64),
        ("uint8", i => (byte)Math.Min(255, 20 * (Mix(i, 6) % 13) * (Mix(i, 7) % 2))),
        ("uint16", i => (ushort)i),
        ("uint32", i => (uint)(Mix(i, 8) % 4) * 1_000_000_000),
        ("uint64", i => ulong.MaxValue - (ulong)i),
        ("float16", i => (Half)(i % 40 / 8.0)),
        ("float32", i => i % 7 == 0 ? float.NaN : (float)((long)(Mix(i, 9) % 10_000) / 100.0)),
        ("float64", i => (long)(Mix(i, 10) % 100_000) / 100.0),
        ("float64", i => i % 10 == 0 ? null : i % 50 == 1 ? double.NegativeInfinity : i % 50 == 2 ? -0.0 : Math.Sqrt(i)),
        ("decimal32(9, 2)", i => new DecimalValue(i * 25, 2)),
        ("decimal64(18, 0)", i => new DecimalValue((long)Mix(i, 11) >> 8, 0)),
        ("decimal128(38, 10)", i => new DecimalValue(i - 260, 10)),
        ("decimal128(38, 0)", i => new DecimalValue(new System.Numerics.BigInteger(Mix(i, 12)) << 40, 0)),
        ("decimal256(76, 30)", i => new DecimalValue((new System.Numerics.BigInteger(Mix(i, 13)) << 150) - i, 30)),
        ("utf8", i => i % 13 == 0 ? null : Cities[Mix(i, 14) % 6]),
        ("utf8", i => Hex(i, 15)),
        ("large_utf8", i => $"/api/v{i % 3}/items/{i}"),
        ("utf8_view", i => i % 2 == 0 ? null : Cities[i % 6] + (i % 4)),
        ("binary", i => BitConverter.GetBytes(Mix(i, 16))[..(i % 9)]),
        ("large_binary", i => new byte[i % 3]),
        ("binary_view", i => BitConverter.GetBytes(i * 0x01010101L)),
        ("fixed_size_binary[0]", i => Array.Empty<byte>()),
        ("fixed_size_binary[16]", i => i % 3 == 0 ? null : (byte[])[.. BitConverter.GetBytes(Mix(i, 17)), .. BitConverter.GetBytes(Mix(i, 18))]),
        ("date32", i => 19_000 + (i / 24)),
        ("date64", i => 86_400_000L * (i / 100)),
        ("time32[ms]", i => (int)(Mix(i, 19) % 86_400) * 1_000),
        ("time64[ns]", i => (long)(Mix(i, 20) % 86_400_000_000_000)),
        ("timestamp[s]", i => 1_700_000_000L + (i * 10)),
        ("timestamp[ns, Europe/Berlin]", i => 1_700_000_000_000_000_000 + (i * 10_000_000L) + (long)(Mix(i, 21) % 4_000_000)),
        ("duration[us]", i => (long)(Mix(i, 22) % 3) * 3_600_000_000),
        ("interval[year_month]", i => new IntervalValue(i % 30, 0, 0)),
        ("interval[day_time]", i => new IntervalValue(0, i % 7, i * 1_000_000L)),
        ("interval[month_day_nano]", i => new IntervalValue(i % 12, -i, i * 1_000L)),
        ("list<utf8>", i => i % 5 == 0 ? null : Enumerable.Range(0, i % 4).Select(t => t == 2 ? null : (object?)Cities[t]).ToArray()),
        ("large_list<int16>", i => Enumerable.Range(0, i % 3).Select(t => (object?)(short)(i + t)).ToArray()),
        ("fixed_size_list<float32>[3]", i => i % 6 == 0 ? null : new object?[] { i / 4f, null, 0.5f }),
        ("struct<a: int64, b: struct<c: utf8, d: bool>>", i => i % 4 == 0
            ? null
            : new object?[] { (long)i, new object?[] { Cities[i % 6], i % 2 == 0 } }),
        ("map<utf8, int32>", i => Enumerable.Range(0, i % 3).Select(t => new KeyValuePair<object, object?>(Cities[t], i)).ToArray()),
    ];

    public static Schema Schema { get; } = new([.. Columns.Select((c, i) => new Field($"column {i}", TypeNames.Parse(c.Type)))]);

    /// <summary>Three blocks; clustered ones have their offsets the other way round.</summary>
    public static MemorySource Source(bool clustered)
    {
        int[] sizes = [400, 1, 119];
        List<RecordBatch> blocks = [];
        List<long[]> offsets = [];
        int at = 0;
        foreach (int size in sizes)
        {
            IEnumerable<int> rows = Enumerable.Range(at, size);
            blocks.Add(Rows.Batch(Schema, [.. rows.Select(row => (object?[])[.. Columns.Select(c => c.Value(row))])]));
            offsets.Add([.. rows.Select(row => 10_000L + 519 - row)]);
            at += size;
        }

        return new MemorySource(Schema, blocks, firstOffset: 10_000, clustered ? [.. offsets] : null);
    }

    private static string Hex(int row, int column) => Mix(row, column).ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>SplitMix64's finish, over the number of a row and a column.</summary>
    private static ulong Mix(int row, int column)
    {
        ulong z = ((ulong)row * 0x9E3779B97F4A7C15) + ((ulong)column * 0xBF58476D1CE4E5B9);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
