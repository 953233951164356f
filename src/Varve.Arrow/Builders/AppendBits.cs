using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Varve.Arrow.Builders;

/// <summary>
/// Bits that grow at the end, in whole 64-bit words. One thread writes. A word is written at once, with its earlier bits as they were,
/// so a reader of earlier bits never sees them change; bits at and beyond a reader's end may.
/// </summary>
internal sealed class AppendBits(int hintBits = 0)
{
    private readonly AppendBuffer _words = new(WordBytes(hintBits));

    public int CapacityBytes => _words.CapacityBytes;

    /// <summary>Whole words that hold the first <paramref name="count"/> bits.</summary>
    public ReadOnlyMemory<byte> First(int count) => _words.First(WordBytes(count));

    /// <summary>Copies bits [start, start + count) of the source behind the first <paramref name="at"/> bits.</summary>
    public void Append(int at, ReadOnlySpan<byte> source, int start, int count)
    {
        Span<ulong> words = Reserve(at, count);
        while (count > 0)
        {
            int bits = Math.Min(64 - (at & 63), count);
            Put(words, at, Load(source, start, bits));
            at += bits;
            start += bits;
            count -= bits;
        }
    }

    /// <summary>Puts <paramref name="count"/> equal bits behind the first <paramref name="at"/> bits.</summary>
    public void AppendRun(int at, bool value, int count)
    {
        Span<ulong> words = Reserve(at, count);
        while (count > 0)
        {
            int bits = Math.Min(64 - (at & 63), count);
            Put(words, at, value ? ulong.MaxValue >> (64 - bits) : 0);
            at += bits;
            count -= bits;
        }
    }

    private static int WordBytes(int bits) => (int)(((long)bits + 63) / 64 * 8);

    private Span<ulong> Reserve(int at, int count)
    {
        int usedBytes = WordBytes(at);
        return MemoryMarshal.Cast<byte, ulong>(_words.Reserve(usedBytes, WordBytes(at + count) - usedBytes));
    }

    /// <summary>Writes bits from <paramref name="at"/> to the end of its word; those beyond the new ones become 0.</summary>
    private static void Put(Span<ulong> words, int at, ulong bits)
    {
        int shift = at & 63;
        ref ulong word = ref words[at >> 6];
        ulong kept = shift == 0 ? 0 : word & (ulong.MaxValue >> (64 - shift));
        Volatile.Write(ref word, kept | (bits << shift));
    }

    /// <summary>1 to 64 bits from any bit offset, in the low bits; the others 0.</summary>
    private static ulong Load(ReadOnlySpan<byte> source, int start, int count)
    {
        int first = start >> 3;
        int shift = start & 7;
        ulong low;
        ulong high = 0;
        if (source.Length - first >= 9)
        {
            low = BinaryPrimitives.ReadUInt64LittleEndian(source[first..]);
            high = source[first + 8];
        }
        else
        {
            Span<byte> padded = stackalloc byte[16];
            padded.Clear();
            source.Slice(first, Bitmap.ByteCount(shift + count)).CopyTo(padded);
            low = BinaryPrimitives.ReadUInt64LittleEndian(padded);
            high = padded[8];
        }

        ulong bits = shift == 0 ? low : (low >> shift) | (high << (64 - shift));
        return bits & (ulong.MaxValue >> (64 - count));
    }
}
