namespace Varve.Arrow.Builders;

/// <summary>A growing column of lists of one length. Threads as <see cref="ColumnAppender"/>.</summary>
internal sealed class FixedSizeListAppender(FixedSizeListType type, int hintRows) : ColumnAppender(type, hintRows)
{
    private readonly ColumnAppender _elements =
        Create(type.Element.Type, (int)Math.Min((long)hintRows * type.Size, int.MaxValue));

    private protected override long ValueCapacityBytes => _elements.AllocatedBytes;

    private protected override bool IsLike(ArrowType other) => other is FixedSizeListType list && list.Size == type.Size;

    private protected override bool Fits(long rows) => rows <= int.MaxValue - 64 && rows * type.Size <= int.MaxValue - 64;

    private protected override bool ValuesFit(ArrayData source, int start, int count) =>
        _elements.CanAppend(source.Children[0], checked((source.Offset + start) * type.Size), count * type.Size);

    private protected override bool NullsFit(int count) => _elements.CanAppendNulls(count * type.Size);

    private protected override void AppendValues(ArrayData source, int start, int count) =>
        _elements.Append(source.Children[0], checked((source.Offset + start) * type.Size), count * type.Size);

    private protected override void AppendNullValues(int count) => _elements.AppendNulls(count * type.Size);

    private protected override ArrayData SnapshotRows(int rowCount, ReadOnlyMemory<byte> validity, int nullCount) =>
        new(Type, rowCount, nullCount, [validity], [_elements.Snapshot(rowCount * type.Size)]);

    private protected override void TruncateChildren(int length) => _elements.Truncate(length * type.Size);
}
