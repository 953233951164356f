using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Varve.Arrow.Ipc;

/// <summary>
/// Adds one column and its children to a body, depth first. A column that starts at row 0 of its buffers goes out as it lies; a slice is cut out
/// of them, shifting bits and rebasing offsets only where its start asks for it.
/// </summary>
internal static class ColumnWriter
{
    private static readonly byte[] ZeroOffset = new byte[8];

    public static void Write(BodyBuilder body, ArrayData column, FieldPath path)
    {
        int nulls = column.Type.Id == ArrowTypeId.Null ? column.Length : column.NullCount;
        body.AddNode(column.Length, nulls);
        ColumnLayout layout = column.Type.Layout();
        if (layout == ColumnLayout.Null)
            return;
        if (layout == ColumnLayout.DenseUnion)
        {
            WriteDenseUnion(body, column, path);
            return;
        }

        body.AddBuffer(nulls == 0 ? default : Bits(column, 0, path));
        switch (layout)
        {
            case ColumnLayout.Bits:
                body.AddBuffer(Bits(column, 1, path));
                break;
            case ColumnLayout.FixedWidth:
                int width = column.Type.ByteWidth;
                body.AddBuffer(Cut(column, 1, (long)column.Offset * width, (long)column.Length * width, path));
                break;
            case ColumnLayout.Bytes:
                (long first, long last) = WriteOffsets<int>(body, column, path);
                body.AddBuffer(Cut(column, 2, first, last - first, path));
                break;
            case ColumnLayout.LargeBytes:
                (long largeFirst, long largeLast) = WriteOffsets<long>(body, column, path);
                body.AddBuffer(Cut(column, 2, largeFirst, largeLast - largeFirst, path));
                break;
            case ColumnLayout.Views:
                WriteViews(body, column, path);
                break;
            case ColumnLayout.List:
                (long start, long end) = WriteOffsets<int>(body, column, path);
                WriteChild(body, column, 0, start, end - start, path);
                break;
            case ColumnLayout.LargeList:
                (long largeStart, long largeEnd) = WriteOffsets<long>(body, column, path);
                WriteChild(body, column, 0, largeStart, largeEnd - largeStart, path);
                break;
            case ColumnLayout.FixedSizeList:
                int size = ((FixedSizeListType)column.Type).Size;
                WriteChild(body, column, 0, (long)column.Offset * size, (long)column.Length * size, path);
                break;
            case ColumnLayout.Struct:
                for (int i = 0; i < column.Children.Length; i++)
                    WriteChild(body, column, i, column.Offset, column.Length, path);
                break;
        }
    }

    private static void WriteChild(BodyBuilder body, ArrayData column, int index, long start, long length, FieldPath path)
    {
        ArrayData child = column.Children[index];
        var childPath = new FieldPath(path, column.Type.Children[index].Name);
        if (start < 0 || length < 0 || start > child.Length - length)
            throw Misfit(childPath, $"rows {start} to {start + length} are asked of {child.Length}");
        Write(body, child.Slice((int)start, (int)length), childPath);
    }

    /// <summary>The rows refer to rows of the children, which go out as a whole.</summary>
    private static void WriteDenseUnion(BodyBuilder body, ArrayData column, FieldPath path)
    {
        body.AddBuffer(Cut(column, 0, column.Offset, column.Length, path));
        body.AddBuffer(Cut(column, 1, (long)column.Offset * 4, (long)column.Length * 4, path));
        for (int i = 0; i < column.Children.Length; i++)
            WriteChild(body, column, i, 0, column.Children[i].Length, path);
    }

    private static void WriteViews(BodyBuilder body, ArrayData column, FieldPath path)
    {
        body.AddBuffer(Cut(column, 1, (long)column.Offset * 16, (long)column.Length * 16, path));
        body.VariadicCounts.Add(column.Buffers.Length - 2);
        foreach (ReadOnlyMemory<byte> data in column.Buffers.AsSpan(2))
            body.AddBuffer(data);
    }

    /// <summary>Writes offsets that start at 0 and returns the range they had in the data.</summary>
    private static (long First, long Last) WriteOffsets<T>(BodyBuilder body, ArrayData column, FieldPath path)
        where T : unmanaged, IBinaryInteger<T>
    {
        int width = Unsafe.SizeOf<T>();
        if (column.Length == 0)
        {
            body.AddBuffer(ZeroOffset.AsMemory(0, width));
            return (0, 0);
        }

        ReadOnlyMemory<byte> cut = Cut(column, 1, (long)column.Offset * width, ((long)column.Length + 1) * width, path);
        ReadOnlySpan<T> offsets = MemoryMarshal.Cast<byte, T>(cut.Span);
        T first = offsets[0];
        T last = offsets[^1];
        if (T.IsZero(first))
        {
            body.AddBuffer(cut);
        }
        else
        {
            byte[] rebased = GC.AllocateUninitializedArray<byte>(cut.Length);
            Span<T> target = MemoryMarshal.Cast<byte, T>(rebased.AsSpan());
            for (int i = 0; i < offsets.Length; i++)
                target[i] = offsets[i] - first;
            body.AddBuffer(rebased);
        }

        return (long.CreateChecked(first), long.CreateChecked(last));
    }

    /// <summary>The rows' bits of a buffer of bits, moved to start at bit 0 where they do not start at a byte.</summary>
    private static ReadOnlyMemory<byte> Bits(ArrayData column, int buffer, FieldPath path)
    {
        int shift = column.Offset & 7;
        int start = column.Offset >> 3;
        if (shift == 0)
            return Cut(column, buffer, start, Bitmap.ByteCount(column.Length), path);

        ReadOnlySpan<byte> source = Cut(column, buffer, start, Bitmap.ByteCount(column.Length + shift), path).Span;
        byte[] shifted = new byte[Bitmap.ByteCount(column.Length)];
        int at = 0;
        for (; at + 9 <= source.Length && at + 8 <= shifted.Length; at += 8)
        {
            ulong low = BinaryPrimitives.ReadUInt64LittleEndian(source[at..]) >> shift;
            BinaryPrimitives.WriteUInt64LittleEndian(shifted.AsSpan(at), low | ((ulong)source[at + 8] << (64 - shift)));
        }

        for (; at < shifted.Length; at++)
            shifted[at] = (byte)((source[at] | (at + 1 < source.Length ? source[at + 1] << 8 : 0)) >> shift);
        return shifted;
    }

    private static ReadOnlyMemory<byte> Cut(ArrayData column, int buffer, long start, long length, FieldPath path)
    {
        if (buffer >= column.Buffers.Length)
            throw Misfit(path, $"it has {column.Buffers.Length} buffers and buffer {buffer} is needed");
        ReadOnlyMemory<byte> memory = column.Buffers[buffer];
        if (start < 0 || length < 0 || start > memory.Length - length)
            throw Misfit(path, $"bytes {start} to {start + length} are asked of buffer {buffer}, which has {memory.Length}");
        return memory.Slice((int)start, (int)length);
    }

    private static ArrowFormatException Misfit(FieldPath path, string what) => new($"column {path} cannot be encoded: {what}");
}
