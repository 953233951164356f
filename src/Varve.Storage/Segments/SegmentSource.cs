using Varve.Arrow;

namespace Varve.Storage.Segments;

/// <summary>
/// The rows of a segment to be written, block by block. The writer goes through them column by column, each at most twice, so that one column of
/// all rows is all that has to be in memory.
/// </summary>
internal abstract class SegmentSource
{
    /// <summary>The columns of the file: the first ones of the stream's schema.</summary>
    public abstract Schema Schema { get; }

    public abstract int BlockCount { get; }

    /// <summary>1 to 65,536.</summary>
    public abstract int RowCountOf(int block);

    /// <summary>A column's values, never dictionary-encoded.</summary>
    public abstract ArrayData Column(int field, int block);

    /// <summary><c>_time</c>.</summary>
    public abstract ArrayData Times(int block);

    /// <summary><c>_offset</c>, int64; null where the rows of all blocks stand in the order of their offsets, without gaps.</summary>
    public abstract ArrayData? Offsets(int block);

    public abstract long FirstOffset { get; }
}
