using Varve.Arrow;

namespace Varve.Storage;

/// <summary>A run of rows of a view, column by column. Immutable, and valid for as long as it is referred to.</summary>
public sealed class ViewChunk
{
    internal ViewChunk(long firstOffset, int rowCount, IReadOnlyList<ArrayData> columns, ArrayData time)
    {
        FirstOffset = firstOffset;
        RowCount = rowCount;
        Columns = columns;
        Time = time;
    }

    /// <summary>The offset of the first row. Row i has <c>FirstOffset + i</c>, which is also its <c>_offset</c>.</summary>
    public long FirstOffset { get; }

    /// <summary>1 to 65,536.</summary>
    public int RowCount { get; }

    /// <summary>One per field of the view's schema; all null where the column was added after these rows.</summary>
    public IReadOnlyList<ArrayData> Columns { get; }

    /// <summary><c>_time</c>: when the node accepted each row. Timestamps in microseconds, UTC; never null, never falling.</summary>
    public ArrayData Time { get; }
}
