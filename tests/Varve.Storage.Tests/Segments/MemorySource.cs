using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Storage.Segments;

namespace Varve.Storage.Tests.Segments;

/// <summary>Batches as the blocks of a segment. Times rise by a second a row; offsets are given, or follow one another.</summary>
internal sealed class MemorySource(Schema schema, IReadOnlyList<RecordBatch> blocks, long firstOffset = 0, long[][]? offsets = null) : SegmentSource
{
    public const long FirstTimeMicros = 1_700_000_000_000_000;

    private readonly int[] _asked = new int[schema.Fields.Count * blocks.Count];

    public override Schema Schema => schema;

    public override int BlockCount => blocks.Count;

    public override long FirstOffset => firstOffset;

    /// <summary>How often a column of a block was asked for, at most.</summary>
    public int AskedMax => _asked.Length == 0 ? 0 : _asked.Max();

    public override int RowCountOf(int block) => blocks[block].RowCount;

    public override ArrayData Column(int field, int block)
    {
        _asked[(field * blocks.Count) + block]++;
        return blocks[block].Columns[field];
    }

    public override ArrayData Times(int block)
    {
        long first = FirstTimeMicros + (1_000_000L * blocks.Take(block).Sum(b => b.RowCount));
        return Longs(ArrowTypes.TimestampMicrosUtc, [.. Enumerable.Range(0, blocks[block].RowCount).Select(i => first + (1_000_000L * i))]);
    }

    public override ArrayData? Offsets(int block) => offsets is null ? null : Longs(ArrowTypes.Int64, offsets[block]);

    private static ArrayData Longs(ArrowType type, long[] values) =>
        new(type, values.Length, 0, [default, MemoryMarshal.AsBytes<long>(values).ToArray()]);
}
