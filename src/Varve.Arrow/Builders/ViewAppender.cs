using System.Runtime.InteropServices;

namespace Varve.Arrow.Builders;

/// <summary>
/// A growing column of views, whose longer values are gathered into one data buffer of its own, so that a snapshot holds no more than
/// its rows. Threads as <see cref="ColumnAppender"/>.
/// </summary>
internal sealed class ViewAppender(ArrowType type, int hintRows, long hintBytes) : ColumnAppender(type, hintRows)
{
    private readonly AppendBuffer _views = new((long)hintRows * ByteView.SizeBytes);
    private readonly AppendBuffer _bytes = new(hintBytes);

    private protected override long ValueCapacityBytes => _views.CapacityBytes + (long)_bytes.CapacityBytes;

    private protected override bool Fits(long rows) => AppendBuffer.CanHold(rows * ByteView.SizeBytes);

    private protected override bool ValuesFit(ArrayData source, int start, int count) =>
        AppendBuffer.CanHold(BytesEnd(Length) + OutOfLineBytes(source, start, count));

    private protected override void AppendValues(ArrayData source, int start, int count)
    {
        int end = BytesEnd(Length);
        long moreBytes = OutOfLineBytes(source, start, count);
        Span<byte> bytes = moreBytes == 0 ? default : _bytes.Reserve(end, moreBytes);
        ReadOnlySpan<ByteView> from = Views(source, start, count);
        Span<ByteView> to = Free(count);
        for (int i = 0; i < from.Length; i++)
        {
            ByteView view = source.IsNull(start + i) ? default : from[i];
            if (!view.IsInline)
            {
                ReadOnlySpan<byte> value = source.Buffers[2 + view.BufferIndex].Span.Slice(view.Offset, view.Length);
                value.CopyTo(bytes[end..]);
                view = ByteView.Create(value, 0, end);
                end += value.Length;
            }

            to[i] = view;
        }
    }

    private protected override void AppendNullValues(int count) => Free(count).Clear();

    private protected override ArrayData SnapshotRows(int rowCount, ReadOnlyMemory<byte> validity, int nullCount)
    {
        ReadOnlyMemory<byte> views = _views.First(rowCount * ByteView.SizeBytes);
        int bytesEnd = BytesEnd(rowCount);
        return new ArrayData(Type, rowCount, nullCount, bytesEnd == 0 ? [validity, views] : [validity, views, _bytes.First(bytesEnd)]);
    }

    private static long OutOfLineBytes(ArrayData source, int start, int count)
    {
        long total = 0;
        ReadOnlySpan<ByteView> views = Views(source, start, count);
        for (int i = 0; i < views.Length; i++)
        {
            if (!views[i].IsInline && !source.IsNull(start + i))
                total += views[i].Length;
        }

        return total;
    }

    private static ReadOnlySpan<ByteView> Views(ArrayData source, int start, int count) => count == 0
        ? default
        : MemoryMarshal.Cast<byte, ByteView>(source.Buffers[1].Span).Slice(source.Offset + start, count);

    private Span<ByteView> Free(int count)
    {
        Span<byte> all = _views.Reserve(Length * ByteView.SizeBytes, (long)count * ByteView.SizeBytes);
        return MemoryMarshal.Cast<byte, ByteView>(all).Slice(Length, count);
    }

    /// <summary>Where the data of the first rows ends: values are gathered in row order, so the last long one says it.</summary>
    private int BytesEnd(int rows)
    {
        if (_bytes.CapacityBytes == 0 || rows == 0)
            return 0;
        ReadOnlySpan<ByteView> views = MemoryMarshal.Cast<byte, ByteView>(_views.Written(rows * ByteView.SizeBytes));
        for (int i = rows - 1; i >= 0; i--)
        {
            if (!views[i].IsInline)
                return views[i].Offset + views[i].Length;
        }

        return 0;
    }
}
