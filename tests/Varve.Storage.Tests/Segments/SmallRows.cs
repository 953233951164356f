using Varve.Arrow;
using Varve.Arrow.Values;

namespace Varve.Storage.Tests.Segments;

/// <summary>A few rows in which every kind of page occurs, small enough for every byte of their file to be tried.</summary>
internal static class SmallRows
{
    public static Schema Schema { get; } = TypeNames.ParseSchema(
        "host: utf8, note: utf8, id: int64 not null, load: float64, ok: bool, price: decimal128(30, 2), tags: list<utf8>, at: timestamp[us, UTC], "
        + "span: interval[month_day_nano], pair: struct<a: int32, b: binary>, nothing: null");

    /// <summary>Three blocks, two of them of one size. With a dictionary (host), Bloom filters (id), text (note) and pages in the footer (nothing,
    /// ok).</summary>
    public static MemorySource Source(bool clustered)
    {
        Random random = new(11);
        RecordBatch[] blocks = [Block(random, 24), Block(random, 24), Block(random, 16)];
        long[] offsets = [.. Enumerable.Range(0, 64).Select(i => 500L + (i * 37 % 64))];
        return new MemorySource(Schema, blocks, firstOffset: 500, clustered ? [offsets[..24], offsets[24..48], offsets[48..]] : null);
    }

    public static RecordBatch[] Blocks(MemorySource source) =>
        [.. Enumerable.Range(0, source.BlockCount).Select(b => new RecordBatch(
            Schema, source.RowCountOf(b), [.. Schema.Fields.Select((_, f) => source.Column(f, b))]))];

    private static RecordBatch Block(Random random, int rows) => Rows.Batch(
        Schema,
        [.. Enumerable.Range(0, rows).Select(i => (object?[])
        [
            i % 5 == 0 ? null : $"host-{i % 3}.example.net",
            Convert.ToBase64String(BitConverter.GetBytes(random.NextInt64()))[..(i % 12)],
            random.NextInt64(),
            random.NextDouble() * 1000,
            true,
            new DecimalValue(random.NextInt64(), 2),
            i % 4 == 0 ? null : Enumerable.Range(0, i % 3).Select(t => (object?)$"tag {t}").ToArray(),
            1_700_000_000_000_000 + (i * 250_000L) + random.Next(1_000),
            new IntervalValue(i, -i, random.NextInt64(1 << 40)),
            i % 6 == 0 ? null : new object?[] { i * i, BitConverter.GetBytes(random.Next()) },
            null,
        ])]);
}
