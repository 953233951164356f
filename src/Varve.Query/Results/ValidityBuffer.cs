using System.Runtime.InteropServices;
using Varve.Arrow;

namespace Varve.Query.Results;

/// <summary>Collects which rows hold a value, as Arrow's bits; no buffer is made while no row is null. Not thread-safe.</summary>
internal sealed unsafe class ValidityBuffer
{
    private readonly ByteBuffer _bits = new();
    private int _rowCount;

    public int NullCount { get; private set; }

    /// <param name="words">DuckDB's validity, or null where every row holds a value.</param>
    /// <param name="from">The first row in it.</param>
    /// <param name="count">Rows to add.</param>
    public void Append(ulong* words, int from, int count)
    {
        int nulls = words == null ? 0 : count - CountSet(words, from, count);
        if (nulls > 0 && NullCount == 0)
        {
            // The first null: all rows before it are valid.
            _bits.Extend(Bitmap.ByteCount(_rowCount) - _bits.Length).Fill(0xFF);
        }

        NullCount += nulls;
        if (NullCount > 0)
            AppendBits(words, from, count);
        _rowCount += count;
    }

    /// <summary>Hands over the bits, empty where no row was null, and starts anew.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        ReadOnlyMemory<byte> taken = NullCount == 0 ? default : _bits.Take();
        NullCount = 0;
        _rowCount = 0;
        return taken;
    }

    private static int CountSet(ulong* words, int from, int count) =>
        Bitmap.CountSet(new ReadOnlySpan<byte>(words, Bitmap.ByteCount(from + count)), from, count);

    private void AppendBits(ulong* words, int from, int count)
    {
        int bytesNeeded = Bitmap.ByteCount(_rowCount + count);
        _bits.Extend(bytesNeeded - _bits.Length).Clear();
        Span<byte> bits = _bits.Written;
        int done = 0;
        while (done < count)
        {
            // 56 bits at a time fit one word whatever the shift within its first byte.
            int at = _rowCount + done;
            int shift = at & 7;
            int take = Math.Min(count - done, 64 - 8);
            ulong chunk = (words == null ? ulong.MaxValue : Read(words, from + done, take)) & ((1UL << take) - 1);
            Span<byte> target = bits[(at >> 3)..];
            ulong merged = (target[0] & ((1UL << shift) - 1)) | (chunk << shift);
            if (target.Length >= 8)
            {
                MemoryMarshal.Write(target, merged);
            }
            else
            {
                for (int i = 0; i < target.Length; i++)
                    target[i] = (byte)(merged >> (8 * i));
            }

            done += take;
        }
    }

    /// <summary>Bits [bit, bit + count) of DuckDB's words, count at most 64; bits above are undefined.</summary>
    private static ulong Read(ulong* words, int bit, int count)
    {
        int word = bit >> 6;
        int shift = bit & 63;
        ulong low = words[word] >> shift;
        return shift + count > 64 ? low | (words[word + 1] << (64 - shift)) : low;
    }
}
