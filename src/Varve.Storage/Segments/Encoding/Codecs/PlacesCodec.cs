using System.Numerics;
using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Storage.Segments.Encoding.Choice;

namespace Varve.Storage.Segments.Encoding.Codecs;

/// <summary>
/// Bits of which most are equal, or equal to the one before.
/// <code>
/// parameter        0: the places of ones; 1: of zeros; 2: of changes, the first bits are zeros; 3: of changes, the first bits are ones
/// u32              places
/// vector of u32    these, rising
/// </code>
/// </summary>
internal static class PlacesCodec
{
    private const int Zeros = 1;
    private const int Changes = 2;
    private const int WordBits = 64;

    /// <summary>Appends the places of what is rarest; nothing where it is so frequent that they can't be worth it.</summary>
    /// <param name="bits">At least one; those that are spare in the last byte are zeros.</param>
    /// <param name="bitCount">How many.</param>
    /// <param name="writer">Takes the vector.</param>
    public static double Encode(ReadOnlySpan<byte> bits, int bitCount, VectorWriter writer)
    {
        using Scratch<ulong> rarest = new((int)(((long)bitCount + WordBits - 1) / WordBits));
        using Scratch<ulong> marks = new(rarest.Span.Length);
        int parameter = 0;
        int count = int.MaxValue;
        foreach (int kind in (ReadOnlySpan<int>)[0, Zeros, Changes | (bits[0] & 1)])
        {
            Mark(bits, bitCount, kind, marks.Span);
            int marked = Bitmap.CountSet(MemoryMarshal.AsBytes(marks.Span), 0, bitCount);
            if (marked >= count)
                continue;
            (parameter, count) = (kind, marked);
            marks.Span.CopyTo(rarest.Span);
        }

        if (count * (Math.Log2((double)bitCount / count) + 1) > bitCount)
            return 0;
        using Scratch<uint> places = new(count);
        List(rarest.Span, places.Span);
        int at = writer.BeginVector();
        writer.AppendValue(count);
        double time = IntegerEncoder.Encode<uint>(places.Span, writer, Allowed.Places);
        writer.EndVector(at, VectorEncoding.Places, 0, parameter, bitCount);
        return time + Cost.Layer + (count * Cost.PatchValue);
    }

    public static void Decode(in VectorHeader header, ReadOnlySpan<byte> body, Span<byte> target, int depth)
    {
        if (header.Parameter > (Changes | 1))
            throw new VectorFormatException($"bits are given by places of kind {header.Parameter}");
        BodyReader reader = new(body);
        int count = reader.TakeCount(0, header.Count, "places");
        using Scratch<uint> places = new(count);
        reader.TakeVector(places.Span, depth);
        reader.End();
        bool areOnes = (header.Parameter & 1) != 0;
        target.Fill(areOnes ? byte.MaxValue : byte.MinValue);
        if (header.Parameter < Changes)
            Flip(places.Span, header.Count, target);
        else
            FlipBetween(places.Span, header.Count, target);
    }

    private static void Mark(ReadOnlySpan<byte> bits, int bitCount, int kind, Span<ulong> marks)
    {
        marks[^1] = 0;
        bits.CopyTo(MemoryMarshal.AsBytes(marks));
        ulong before = (ulong)(bits[0] & 1);
        foreach (ref ulong word in marks)
        {
            ulong own = word;
            word = kind == 0 ? own : kind == Zeros ? ~own : own ^ (own << 1 | before);
            before = own >> (WordBits - 1);
        }

        if (bitCount % WordBits != 0)
            marks[^1] &= (1UL << bitCount % WordBits) - 1;
    }

    private static void List(ReadOnlySpan<ulong> marks, Span<uint> places)
    {
        int count = 0;
        for (int w = 0; w < marks.Length; w++)
        {
            for (ulong left = marks[w]; left != 0; left &= left - 1)
                places[count++] = (uint)((w * WordBits) + BitOperations.TrailingZeroCount(left));
        }
    }

    private static void Flip(ReadOnlySpan<uint> places, int bitCount, Span<byte> target)
    {
        foreach (uint place in places)
        {
            if (place >= (uint)bitCount)
                throw new VectorFormatException($"bit {place} of {bitCount} is flipped");
            target[(int)(place >> 3)] ^= (byte)(1 << (int)(place & 7));
        }
    }

    /// <summary>Flips the bits from every other place up to the next one.</summary>
    private static void FlipBetween(ReadOnlySpan<uint> places, int bitCount, Span<byte> target)
    {
        for (int i = 0; i < places.Length; i += 2)
        {
            uint from = places[i];
            uint end = i + 1 < places.Length ? places[i + 1] : (uint)bitCount;
            if (end < from || end > (uint)bitCount)
                throw new VectorFormatException($"the bits of {bitCount} from {from} to {end} are flipped");
            FlipRange(target, (int)from, (int)end);
        }
    }

    private static void FlipRange(Span<byte> target, int from, int end)
    {
        for (; from < end && (from & 7) != 0; from++)
            target[from >> 3] ^= (byte)(1 << (from & 7));
        for (; end - from >= 8; from += 8)
            target[from >> 3] ^= byte.MaxValue;
        for (; from < end; from++)
            target[from >> 3] ^= (byte)(1 << (from & 7));
    }
}
