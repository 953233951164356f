using Varve.Arrow;

namespace Varve.Storage.Views;

/// <summary>A chunk whose rows are in memory.</summary>
internal sealed class MemoryChunk(long firstOffset, int rowCount, IReadOnlyList<ArrayData> columns, ArrayData time) : ViewChunk(firstOffset, rowCount)
{
    public override IReadOnlyList<ArrayData> Columns { get; } = columns;

    public override ArrayData Time { get; } = time;
}
