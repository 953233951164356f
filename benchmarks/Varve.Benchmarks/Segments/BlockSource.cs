using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Arrow.Transform;
using Varve.Storage.Segments;

namespace Varve.Benchmarks.Segments;

/// <summary>Rows of one segment in blocks of 65,536, as a stream would hold them: a batch of a thousand rows arrives every millisecond.</summary>
internal sealed class BlockSource(Schema schema, IReadOnlyList<RecordBatch> blocks, long firstOffset) : SegmentSource
{
    public const int BlockRows = 65_536;

    private const int BatchRows = 1_000;
    private const long FirstTimeMicros = 1_767_225_600_000_000;

    public override Schema Schema => schema;

    public override int BlockCount => blocks.Count;

    public override long FirstOffset => firstOffset;

    /// <summary>Cuts rows as they come into sources of that many blocks each.</summary>
    public static IEnumerable<BlockSource> Cut(IEnumerable<RecordBatch> batches, int blocksMax)
    {
        List<RecordBatch> blocks = [];
        List<RecordBatch> pending = [];
        long offset = 0;
        foreach (RecordBatch batch in batches)
        {
            for (int start = 0; start < batch.RowCount;)
            {
                int taken = Math.Min(batch.RowCount - start, BlockRows - pending.Sum(b => b.RowCount));
                pending.Add(batch.Slice(start, taken));
                start += taken;
                if (pending.Sum(b => b.RowCount) < BlockRows)
                    continue;
                blocks.Add(ArrayConcat.Concat([.. pending]));
                pending.Clear();
                if (blocks.Count < blocksMax)
                    continue;
                yield return new BlockSource(batch.Schema, [.. blocks], offset);
                offset += blocks.Sum(b => b.RowCount);
                blocks.Clear();
            }
        }

        if (pending.Count > 0)
            blocks.Add(ArrayConcat.Concat([.. pending]));
        if (blocks.Count > 0)
            yield return new BlockSource(blocks[0].Schema, blocks, offset);
    }

    /// <summary>The same rows with one of the columns.</summary>
    public BlockSource Only(int field)
    {
        Schema one = new([schema.Fields[field]]);
        return new BlockSource(one, [.. blocks.Select(b => new RecordBatch(one, b.RowCount, [b.Columns[field]]))], firstOffset);
    }

    public override int RowCountOf(int block) => blocks[block].RowCount;

    public override ArrayData Column(int field, int block) => blocks[block].Columns[field];

    public override ArrayData? Offsets(int block) => null;

    public override ArrayData Times(int block)
    {
        long before = firstOffset + blocks.Take(block).Sum(b => (long)b.RowCount);
        long[] times = new long[blocks[block].RowCount];
        for (int i = 0; i < times.Length; i++)
            times[i] = FirstTimeMicros + ((before + i) / BatchRows * 1_000);
        return new ArrayData(ArrowTypes.TimestampMicrosUtc, times.Length, 0, [default, MemoryMarshal.AsBytes<long>(times).ToArray()]);
    }
}
