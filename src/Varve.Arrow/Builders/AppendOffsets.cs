using System.Numerics;
using System.Runtime.InteropServices;

namespace Varve.Arrow.Builders;

/// <summary>
/// The offsets of a growing list or text column: rows + 1 ends, the first 0, 32 or 64 bits wide. One thread writes; any thread may read
/// offsets whose writing it has learned of.
/// </summary>
internal sealed class AppendOffsets(bool is64Bit, int hintRows)
{
    private static readonly byte[] Zero = new byte[8];

    private readonly int _width = is64Bit ? 8 : 4;
    private readonly AppendBuffer _buffer = new((hintRows + 1L) * (is64Bit ? 8 : 4));

    public int CapacityBytes => _buffer.CapacityBytes;

    /// <summary>True when offsets of this many rows can lie in one buffer.</summary>
    public bool CanHold(long rows) => AppendBuffer.CanHold((rows + 1) * _width);

    /// <summary>The end of the first <paramref name="row"/> rows.</summary>
    public int EndOf(int row) => row == 0 ? 0 : (int)Read(_buffer.Written((row + 1) * _width), row);

    public ReadOnlyMemory<byte> First(int rows) => rows == 0 ? Zero.AsMemory(0, _width) : _buffer.First((rows + 1) * _width);

    /// <summary>Offset <paramref name="index"/> of a source's offsets buffer.</summary>
    /// <exception cref="ArrowFormatException">It is negative or beyond 2 GiB, which no valid array over memory has.</exception>
    public int Source(ArrayData source, int index)
    {
        long offset = Read(source.Buffers[1].Span, index);
        return offset is >= 0 and <= int.MaxValue
            ? (int)offset
            : throw new ArrowFormatException($"offset {offset} at {index} of an array of {source.Type.Name} is out of range: validate first");
    }

    /// <summary>Appends the ends of source rows [start, start + count), moved so that the first of them begins at <paramref name="end"/>.</summary>
    public void Append(int rows, int end, ArrayData source, int start, int count)
    {
        Span<byte> free = Free(rows, count);
        ReadOnlySpan<byte> from = source.Buffers[1].Span;
        int at = source.Offset + start;
        if (is64Bit)
        {
            ReadOnlySpan<long> ends = MemoryMarshal.Cast<byte, long>(from).Slice(at, count + 1);
            Rebase(ends[1..], MemoryMarshal.Cast<byte, long>(free), end - ends[0]);
        }
        else
        {
            ReadOnlySpan<int> ends = MemoryMarshal.Cast<byte, int>(from).Slice(at, count + 1);
            Rebase(ends[1..], MemoryMarshal.Cast<byte, int>(free), end - ends[0]);
        }
    }

    /// <summary>Appends empty rows, which end where the rows before them do.</summary>
    public void AppendEmpty(int rows, int end, int count)
    {
        Span<byte> free = Free(rows, count);
        if (is64Bit)
            MemoryMarshal.Cast<byte, long>(free)[..count].Fill(end);
        else
            MemoryMarshal.Cast<byte, int>(free)[..count].Fill(end);
    }

    /// <summary>Room behind the offsets of <paramref name="rows"/> rows; the leading 0 is written with the first of them.</summary>
    private Span<byte> Free(int rows, int count)
    {
        int usedBytes = rows == 0 ? 0 : (rows + 1) * _width;
        Span<byte> all = _buffer.Reserve(usedBytes, ((rows + count + 1L) * _width) - usedBytes);
        if (rows == 0)
            all[.._width].Clear();
        return all[((rows + 1) * _width)..];
    }

    private long Read(ReadOnlySpan<byte> offsets, int index) => is64Bit
        ? MemoryMarshal.Cast<byte, long>(offsets)[index]
        : MemoryMarshal.Cast<byte, int>(offsets)[index];

    private static void Rebase<T>(ReadOnlySpan<T> from, Span<T> to, T by)
        where T : unmanaged, INumber<T>
    {
        Vector<T> step = new(by);
        int at = 0;
        for (; at <= from.Length - Vector<T>.Count; at += Vector<T>.Count)
            (new Vector<T>(from[at..]) + step).CopyTo(to[at..]);
        for (; at < from.Length; at++)
            to[at] = from[at] + by;
    }
}
