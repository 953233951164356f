namespace Varve.Arrow.Builders;

/// <summary>A growing column of booleans, a bit each. Threads as <see cref="ColumnAppender"/>.</summary>
internal sealed class BooleanAppender(ArrowType type, int hintRows) : ColumnAppender(type, hintRows)
{
    private readonly AppendBits _values = new(hintRows);

    private protected override long ValueCapacityBytes => _values.CapacityBytes;

    private protected override bool Fits(long rows) => rows <= int.MaxValue - 64;

    private protected override void AppendValues(ArrayData source, int start, int count) =>
        _values.Append(Length, source.Buffers[1].Span, source.Offset + start, count);

    private protected override void AppendNullValues(int count) => _values.AppendRun(Length, value: false, count);

    private protected override ArrayData SnapshotRows(int rowCount, ReadOnlyMemory<byte> validity, int nullCount) =>
        new(Type, rowCount, nullCount, [validity, _values.First(rowCount)]);
}
