using Varve.Arrow;
using Varve.Protocol.V1;
using Varve.Storage;

namespace Varve.Server.Read;

/// <summary>Some rows of a stream in the order of their offsets, as a reader asked for them.</summary>
/// <param name="Rows">In the reader's columns.</param>
/// <param name="FirstOffset">Of the first row.</param>
/// <param name="NextOffset">Where to go on behind the last row.</param>
/// <param name="Position">Of the view that they come from.</param>
/// <param name="EndOffset">The stream's end in that view.</param>
internal readonly record struct RowSlice(RecordBatch Rows, long FirstOffset, long NextOffset, LogPosition Position, long EndOffset)
{
    /// <summary>The rows' offsets; default where they follow one another from the first on.</summary>
    public ReadOnlyMemory<long> Offsets { get; init; }

    /// <summary>What a response says of the rows beside them.</summary>
    public ReadResponse About() => new()
    {
        FirstOffset = FirstOffset,
        RowCount = Rows.RowCount,
        Position = Position.Value,
        EndOffset = EndOffset,
        NextOffset = NextOffset,
    };

    /// <summary>Some of the rows. Only the last ones tell how far a filter has looked beyond them.</summary>
    public RowSlice Slice(int start, int count) => this with
    {
        Rows = Rows.Slice(start, count),
        FirstOffset = OffsetOf(start),
        NextOffset = start + count == Rows.RowCount ? NextOffset : OffsetOf(start + count - 1) + 1,
        Offsets = Offsets.IsEmpty ? default : Offsets.Slice(start, count),
    };

    private long OffsetOf(int row) => Offsets.IsEmpty ? FirstOffset + row : Offsets.Span[row];
}
