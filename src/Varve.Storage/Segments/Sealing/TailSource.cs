using Varve.Arrow;
using Varve.Arrow.Values;

namespace Varve.Storage.Segments.Sealing;

/// <summary>Rows of a tail on their way into a segment: chunks of a view, each a block. For one thread.</summary>
internal sealed class TailSource(Schema schema, IReadOnlyList<ViewChunk> chunks) : SegmentSource
{
    public override Schema Schema => schema;

    public override int BlockCount => chunks.Count;

    public override long FirstOffset => chunks[0].FirstOffset;

    public override int RowCountOf(int block) => chunks[block].RowCount;

    public override ArrayData Column(int field, int block) => chunks[block].Columns[field];

    public override ArrayData Times(int block) => chunks[block].Time;

    public override ArrayData? Offsets(int block) => null;

    /// <summary>What the rows take as plain arrays.</summary>
    public long MeasureRawBytes()
    {
        long bytes = 0;
        foreach (ViewChunk chunk in chunks)
        {
            bytes += ArraySize.Bytes(chunk.Time);
            for (int i = 0; i < chunk.Columns.Count; i++)
                bytes += ArraySize.Bytes(chunk.Columns[i]);
        }

        return bytes;
    }
}
