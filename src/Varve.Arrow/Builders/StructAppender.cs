namespace Varve.Arrow.Builders;

/// <summary>A growing column of structs, a child per field. Threads as <see cref="ColumnAppender"/>.</summary>
internal sealed class StructAppender(ArrowType type, int hintRows) : ColumnAppender(type, hintRows)
{
    private readonly ColumnAppender[] _fields = [.. type.Children.Select(f => Create(f.Type, hintRows))];

    private protected override long ValueCapacityBytes => _fields.Sum(f => f.AllocatedBytes);

    private protected override bool IsLike(ArrowType type) => type.Id == Type.Id && type.Children.Count == _fields.Length;

    private protected override bool Fits(long rows) => rows <= int.MaxValue - 64;

    private protected override bool ValuesFit(ArrayData source, int start, int count)
    {
        for (int i = 0; i < _fields.Length; i++)
        {
            if (!_fields[i].CanAppend(source.Children[i], source.Offset + start, count))
                return false;
        }

        return true;
    }

    private protected override bool NullsFit(int count) => _fields.All(f => f.CanAppendNulls(count));

    private protected override void AppendValues(ArrayData source, int start, int count)
    {
        for (int i = 0; i < _fields.Length; i++)
            _fields[i].Append(source.Children[i], source.Offset + start, count);
    }

    private protected override void AppendNullValues(int count)
    {
        foreach (ColumnAppender field in _fields)
            field.AppendNulls(count);
    }

    private protected override ArrayData SnapshotRows(int rowCount, ReadOnlyMemory<byte> validity, int nullCount) =>
        new(Type, rowCount, nullCount, [validity], [.. _fields.Select(f => f.Snapshot(rowCount))]);

    private protected override void TruncateChildren(int length)
    {
        foreach (ColumnAppender field in _fields)
            field.Truncate(length);
    }
}
