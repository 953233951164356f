using Varve.Storage.Segments;
using Varve.Storage.Segments.Ordering;

namespace Varve.Storage.Views;

/// <summary>
/// Holds the decoded columns of the one clustered segment that the reader of a view is at, so that they are decoded once and not for every chunk.
/// Each view has its own; readers of the same segment at the same time share what it holds. Any thread: two readers of one view at different segments
/// only take it from one another.
/// </summary>
internal sealed class OrderedSlot
{
    private volatile OrderedRows? _held;

    public OrderedRows Of(SegmentRows rows)
    {
        OrderedRows? held = _held;
        if (held is null || !ReferenceEquals(held.Segment, rows))
            _held = held = rows.Ordered;
        return held;
    }
}
