namespace Varve.Arrow.Builders;

/// <summary>A growing column of text or bytes behind offsets. Threads as <see cref="ColumnAppender"/>.</summary>
internal sealed class BytesAppender(ArrowType type, bool is64Bit, int hintRows, long hintBytes) : ColumnAppender(type, hintRows)
{
    private readonly AppendOffsets _offsets = new(is64Bit, hintRows);
    private readonly AppendBuffer _bytes = new(hintBytes);

    private protected override long ValueCapacityBytes => _offsets.CapacityBytes + (long)_bytes.CapacityBytes;

    private protected override bool Fits(long rows) => rows <= int.MaxValue - 64 && _offsets.CanHold(rows);

    private protected override bool ValuesFit(ArrayData source, int start, int count)
    {
        if (count == 0)
            return true;
        int first = _offsets.Source(source, source.Offset + start);
        int last = _offsets.Source(source, source.Offset + start + count);
        return AppendBuffer.CanHold((long)_offsets.EndOf(Length) + last - first);
    }

    private protected override void AppendValues(ArrayData source, int start, int count)
    {
        int end = _offsets.EndOf(Length);
        int first = _offsets.Source(source, source.Offset + start);
        int lengthBytes = _offsets.Source(source, source.Offset + start + count) - first;
        ReadOnlySpan<byte> bytes = lengthBytes == 0 ? default : source.Buffers[2].Span.Slice(first, lengthBytes);
        if (lengthBytes > 0)
            bytes.CopyTo(_bytes.Reserve(end, lengthBytes)[end..]);
        _offsets.Append(Length, end, source, start, count);
    }

    private protected override void AppendNullValues(int count) => _offsets.AppendEmpty(Length, _offsets.EndOf(Length), count);

    private protected override ArrayData SnapshotRows(int rowCount, ReadOnlyMemory<byte> validity, int nullCount) =>
        new(Type, rowCount, nullCount, [validity, _offsets.First(rowCount), _bytes.First(_offsets.EndOf(rowCount))]);
}
