using Varve.Arrow;

namespace Varve.Storage;

/// <summary>
/// A run of rows of a view in the order of their offsets, column by column. Immutable, and valid for as long as it is referred to. Rows in the
/// tail are in memory; those of a segment are read and decoded when a column is looked at, each time anew: take a column once.
/// </summary>
public abstract class ViewChunk
{
    private protected ViewChunk(long firstOffset, int rowCount)
    {
        FirstOffset = firstOffset;
        RowCount = rowCount;
    }

    /// <summary>The offset of the first row. Row i has <c>FirstOffset + i</c>, which is also its <c>_offset</c>.</summary>
    public long FirstOffset { get; }

    /// <summary>1 to 65,536.</summary>
    public int RowCount { get; }

    /// <summary>
    /// One per field of the view's schema, never dictionary-encoded; all null where the column was added after these rows. Looking at one throws
    /// <see cref="StorageErrorCode.Corruption"/> where a segment is damaged.
    /// </summary>
    public abstract IReadOnlyList<ArrayData> Columns { get; }

    /// <summary><c>_time</c>: when the node accepted each row. Timestamps in microseconds, UTC; never null, never falling.</summary>
    public abstract ArrayData Time { get; }

    /// <summary>One of <see cref="Columns"/>, for who reads chunk after chunk: what has to be decoded goes to memory that serves the next chunk too.</summary>
    /// <param name="field">The place in the view's schema.</param>
    /// <param name="buffers">Lend the memory: the array is valid until they are reset.</param>
    public virtual ArrayData Column(int field, BlockBuffers buffers) => Columns[field];

    /// <summary><see cref="Time"/>, likewise.</summary>
    /// <param name="buffers">Lend the memory: the array is valid until they are reset.</param>
    public virtual ArrayData Times(BlockBuffers buffers) => Time;
}
