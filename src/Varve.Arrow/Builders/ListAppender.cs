namespace Varve.Arrow.Builders;

/// <summary>A growing column of lists or maps behind offsets into one child. Threads as <see cref="ColumnAppender"/>.</summary>
internal sealed class ListAppender(ArrowType type, bool is64Bit, int hintRows) : ColumnAppender(type, hintRows)
{
    private readonly AppendOffsets _offsets = new(is64Bit, hintRows);
    private readonly ColumnAppender _elements = Create(type.Children[0].Type, 0);

    private protected override long ValueCapacityBytes => _offsets.CapacityBytes + _elements.AllocatedBytes;

    private protected override bool IsLike(ArrowType type) => type.Id == Type.Id;

    private protected override bool Fits(long rows) => rows <= int.MaxValue - 64 && _offsets.CanHold(rows);

    private protected override bool ValuesFit(ArrayData source, int start, int count)
    {
        if (count == 0)
            return true;
        (int first, int elements) = Elements(source, start, count);
        return _elements.CanAppend(source.Children[0], first, elements);
    }

    private protected override void AppendValues(ArrayData source, int start, int count)
    {
        int end = _elements.Length;
        (int first, int elements) = Elements(source, start, count);
        _elements.Append(source.Children[0], first, elements);
        _offsets.Append(Length, end, source, start, count);
    }

    private protected override void AppendNullValues(int count) => _offsets.AppendEmpty(Length, _elements.Length, count);

    private protected override ArrayData SnapshotRows(int rowCount, ReadOnlyMemory<byte> validity, int nullCount) =>
        new(Type, rowCount, nullCount, [validity, _offsets.First(rowCount)], [_elements.Snapshot(_offsets.EndOf(rowCount))]);

    private protected override void TruncateChildren(int length) => _elements.Truncate(_offsets.EndOf(length));

    private (int First, int Count) Elements(ArrayData source, int start, int count)
    {
        int first = _offsets.Source(source, source.Offset + start);
        return (first, _offsets.Source(source, source.Offset + start + count) - first);
    }
}
