using System.Runtime.InteropServices;
using Varve.Arrow;

namespace Varve.Storage.Segments.Ordering;

/// <summary>Picks rows of columns of fixed width. Values of null rows are whatever the blocks have there. Without state.</summary>
internal static class FixedGather
{
    public static ArrayData Take(ArrowType type, ArrayData[] blocks, RowPick pick)
    {
        byte[] values = new byte[checked(pick.RowCount * type.ByteWidth)];
        for (int block = 0; block < blocks.Length; block++)
        {
            ReadOnlySpan<int> rows = pick.RowsOf(block);
            if (rows.IsEmpty)
                continue;
            int width = type.ByteWidth;
            ReadOnlySpan<byte> from = blocks[block].Buffers[1].Span.Slice(blocks[block].Offset * width, blocks[block].Length * width);
            ReadOnlySpan<int> targets = pick.TargetsOf(block);
            switch (width)
            {
                case 1:
                    Copy<byte>(from, rows, targets, values);
                    break;
                case 2:
                    Copy<ushort>(from, rows, targets, values);
                    break;
                case 4:
                    Copy<uint>(from, rows, targets, values);
                    break;
                case 8:
                    Copy<ulong>(from, rows, targets, values);
                    break;
                default:
                    for (int i = 0; i < rows.Length; i++)
                        from.Slice(rows[i] * width, width).CopyTo(values.AsSpan(targets[i] * width));
                    break;
            }
        }

        (ReadOnlyMemory<byte> validity, int nullCount) = PickedNulls.Of(blocks, pick);
        return new ArrayData(type, pick.RowCount, nullCount, [validity, values]);
    }

    private static void Copy<T>(ReadOnlySpan<byte> from, ReadOnlySpan<int> rows, ReadOnlySpan<int> targets, Span<byte> to)
        where T : unmanaged
    {
        ReadOnlySpan<T> source = MemoryMarshal.Cast<byte, T>(from);
        Span<T> target = MemoryMarshal.Cast<byte, T>(to);
        for (int i = 0; i < rows.Length && i < targets.Length; i++)
            target[targets[i]] = source[rows[i]];
    }
}
