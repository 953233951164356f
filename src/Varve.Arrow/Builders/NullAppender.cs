namespace Varve.Arrow.Builders;

/// <summary>A growing column of the null type: a count. Threads as <see cref="ColumnAppender"/>.</summary>
internal sealed class NullAppender(ArrowType type) : ColumnAppender(type, 0)
{
    private protected override long ValueCapacityBytes => 0;

    private protected override bool Fits(long rows) => rows <= int.MaxValue;

    private protected override void AppendValues(ArrayData source, int start, int count)
    {
    }

    private protected override void AppendNullValues(int count)
    {
    }

    private protected override ArrayData SnapshotRows(int rowCount, ReadOnlyMemory<byte> validity, int nullCount) =>
        new(Type, rowCount, rowCount, []);
}
