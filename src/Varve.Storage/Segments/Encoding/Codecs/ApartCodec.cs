using System.Numerics;
using System.Runtime.CompilerServices;
using Varve.Arrow;
using Varve.Storage.Segments.Encoding.Choice;
using Varve.Storage.Segments.Encoding.Decimals;

namespace Varve.Storage.Segments.Encoding.Codecs;

/// <summary>
/// Reals of two kinds, such as prices and averages of prices, each kind in a vector of its own.
/// <code>
/// u32                values of the first kind
/// vector of bits     which ones they are
/// vector of reals    these
/// vector of reals    the others
/// </code>
/// </summary>
internal static class ApartCodec
{
    public static double Encode(ReadOnlySpan<double> values, DecimalScale scale, VectorWriter writer)
    {
        using Scratch<long> wholes = new(values.Length);
        using Scratch<uint> exceptions = new(values.Length);
        int count = DecimalWhole.Make(values, scale, wholes.Span, exceptions.Span);
        return Write(values, exceptions.Span[..count], writer, (kind, target) => RealEncoder.Encode(kind, target, mayPart: false));
    }

    public static double Encode(ReadOnlySpan<float> values, DecimalScale scale, VectorWriter writer)
    {
        using Scratch<int> wholes = new(values.Length);
        using Scratch<uint> exceptions = new(values.Length);
        int count = DecimalWhole.Make(values, scale, wholes.Span, exceptions.Span);
        return Write(values, exceptions.Span[..count], writer, (kind, target) => RealEncoder.Encode(kind, target, mayPart: false));
    }

    public static void Decode<T>(ReadOnlySpan<byte> body, Span<T> target, int depth)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        BodyReader reader = new(body);
        int firstCount = reader.TakeCount(0, target.Length, "values of the first kind");
        using Scratch<byte> scratch = new(Bitmap.ByteCount(target.Length));
        Span<byte> areFirst = scratch.Span;
        reader.TakeBits(areFirst, target.Length);
        if (Bitmap.CountSet(areFirst, 0, target.Length) != firstCount)
            throw new VectorFormatException($"a vector does not have {firstCount} values of the first kind");
        using Scratch<T> kinds = new(target.Length);
        Span<T> firsts = kinds.Span[..firstCount];
        Span<T> others = kinds.Span[firstCount..];
        reader.TakeReals(firsts, depth);
        reader.TakeReals(others, depth);
        reader.End();

        // Where the next one of each kind stands: a bit moves one of the two.
        int first = 0;
        for (int i = 0; i < target.Length; i++)
        {
            int bit = areFirst[i >> 3] >> (i & 7) & 1;
            int place = bit != 0 ? first : firstCount + i - first;
            target[i] = kinds.Span[place];
            first += bit;
        }
    }

    private delegate double EncodeKind<T>(ReadOnlySpan<T> values, VectorWriter writer);

    private static double Write<T>(ReadOnlySpan<T> values, ReadOnlySpan<uint> others, VectorWriter writer, EncodeKind<T> encode)
        where T : unmanaged
    {
        using Scratch<byte> scratch = new(Bitmap.ByteCount(values.Length));
        using Scratch<T> kinds = new(values.Length);
        Span<byte> areFirst = scratch.Span;
        areFirst.Fill(byte.MaxValue);
        int firstCount = values.Length - others.Length;
        int first = 0;
        int other = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (other < others.Length && others[other] == i)
            {
                areFirst[i >> 3] &= (byte)~(1 << (i & 7));
                kinds.Span[firstCount + other++] = values[i];
            }
            else
            {
                kinds.Span[first++] = values[i];
            }
        }

        int at = writer.BeginVector();
        writer.AppendValue(firstCount);
        BitVector.Encode(areFirst, 0, values.Length, writer);
        double time = encode(kinds.Span[..firstCount], writer) + encode(kinds.Span[firstCount..], writer);
        writer.EndVector(at, VectorEncoding.Apart, Unsafe.SizeOf<T>(), 0, values.Length);
        return time + Cost.Layer + (values.Length * Cost.ApartValue);
    }
}
