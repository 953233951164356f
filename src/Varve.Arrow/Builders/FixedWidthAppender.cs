namespace Varve.Arrow.Builders;

/// <summary>A growing column of values of one width. Threads as <see cref="ColumnAppender"/>.</summary>
internal sealed class FixedWidthAppender(ArrowType type, int hintRows) : ColumnAppender(type, hintRows)
{
    private readonly int _width = type.ByteWidth;
    private readonly AppendBuffer _values = new((long)hintRows * type.ByteWidth);

    private protected override long ValueCapacityBytes => _values.CapacityBytes;

    private protected override bool Fits(long rows) => rows <= int.MaxValue - 64 && AppendBuffer.CanHold(rows * _width);

    private protected override void AppendValues(ArrayData source, int start, int count)
    {
        ReadOnlySpan<byte> values = source.Buffers[1].Span.Slice(checked((source.Offset + start) * _width), count * _width);
        values.CopyTo(Free(count));
    }

    private protected override void AppendNullValues(int count) => Free(count).Clear();

    private protected override ArrayData SnapshotRows(int rowCount, ReadOnlyMemory<byte> validity, int nullCount) =>
        new(Type, rowCount, nullCount, [validity, _values.First(rowCount * _width)]);

    /// <summary>Room for that many values behind those that are there.</summary>
    private Span<byte> Free(int count)
    {
        int usedBytes = Length * _width;
        int moreBytes = count * _width;
        return _values.Reserve(usedBytes, moreBytes).Slice(usedBytes, moreBytes);
    }
}
