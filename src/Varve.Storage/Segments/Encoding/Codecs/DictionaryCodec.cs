using System.Numerics;
using System.Runtime.CompilerServices;
using Varve.Storage.Segments.Encoding.Choice;
using Varve.Storage.Segments.Encoding.Packing;
using Varve.Storage.Zones;

namespace Varve.Storage.Segments.Encoding.Codecs;

/// <summary>
/// The distinct values, and codes: indexes into them.
/// <code>
/// u32                  distinct values, 1 to 65,536
/// vector of T          these
/// vector of u8 or u16  codes; u16 where there are more than 256 distinct values
/// </code>
/// </summary>
internal static class DictionaryCodec
{
    public const int DistinctMax = ushort.MaxValue + 1;

    public static double Encode<T>(DistinctValues<T> distinct, VectorWriter writer, Allowed allowed)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        int at = writer.BeginVector();
        writer.AppendValue(distinct.Values.Length);
        double time = IntegerEncoder.Encode<T>(distinct.Values, writer, Allowed.Table);
        Allowed inner = allowed & (Allowed.Runs | Allowed.Delta | Allowed.Zstd);
        ReadOnlySpan<ushort> codes = distinct.Codes;
        if (distinct.Values.Length > 256)
        {
            time += IntegerEncoder.Encode(codes, writer, inner);
        }
        else
        {
            using Scratch<byte> narrow = new(codes.Length);
            for (int i = 0; i < codes.Length; i++)
                narrow.Span[i] = (byte)codes[i];
            time += IntegerEncoder.Encode<byte>(narrow.Span, writer, inner);
        }

        writer.EndVector(at, VectorEncoding.Dictionary, Unsafe.SizeOf<T>(), 0, codes.Length);
        return time + Cost.Layer + (codes.Length * Cost.DictionaryValue);
    }

    public static void Decode<T>(ReadOnlySpan<byte> body, Span<T> target, int depth)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        BodyReader reader = new(body);
        int count = reader.TakeCount(1, Math.Min(DistinctMax, Math.Max(1, target.Length)), "distinct values");
        using Scratch<T> values = new(count);
        reader.TakeVector(values.Span, depth);
        if (count > 256)
            Decode<T, ushort>(ref reader, values.Span, target, depth);
        else
            Decode<T, byte>(ref reader, values.Span, target, depth);
        reader.End();
    }

    private static void Decode<T, TCode>(ref BodyReader reader, ReadOnlySpan<T> values, Span<T> target, int depth)
        where T : unmanaged
        where TCode : unmanaged, IBinaryInteger<TCode>, IUnsignedNumber<TCode>, IMinMaxValue<TCode>
    {
        using Scratch<TCode> codes = new(target.Length);
        reader.TakeVector(codes.Span, depth);
        int greatest = int.CreateTruncating(Bounds.Of<TCode>(codes.Span).Greatest);
        if (target.Length > 0 && greatest >= values.Length)
            throw new VectorFormatException($"the code {greatest} is used where a vector has {values.Length} distinct values");

        CodeLookup.Fill(values, codes.Span, target);
    }
}
