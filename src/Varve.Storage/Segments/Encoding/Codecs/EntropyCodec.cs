using System.Numerics;
using System.Runtime.CompilerServices;
using Varve.Storage.Segments.Encoding.Choice;
using Varve.Storage.Segments.Encoding.Entropy;

namespace Varve.Storage.Segments.Encoding.Codecs;

/// <summary>
/// The distinct values, and for each value which of them it is, in fewer bits the more frequent it is.
/// <code>
/// parameter        bits of the decoder's table
/// u32              distinct values, 1 to 2,048
/// vector of T      these
/// vector of u16    their shares of the table
/// AnsStreams       the indexes
/// </code>
/// </summary>
internal static class EntropyCodec
{
    public static double Encode<T>(DistinctValues<T> distinct, VectorWriter writer)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var model = AnsModel.Of(distinct.Counts);
        int at = writer.BeginVector();
        writer.AppendValue(distinct.Values.Length);
        double time = IntegerEncoder.Encode<T>(distinct.Values, writer, Allowed.Table);
        time += IntegerEncoder.Encode<ushort>(model.Shares, writer, Allowed.Table);
        AnsStreams.Write(model, distinct.Codes, writer);
        writer.EndVector(at, VectorEncoding.Entropy, Unsafe.SizeOf<T>(), model.TableBits, distinct.Codes.Length);
        return time + Cost.Layer + (distinct.Codes.Length * Cost.EntropyValue) + (model.TableSize * Cost.EntropyTablePlace);
    }

    public static void Decode<T>(in VectorHeader header, ReadOnlySpan<byte> body, Span<T> target, int depth)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        BodyReader reader = new(body);
        int count = reader.TakeCount(1, Math.Min(AnsModel.SymbolsMax, Math.Max(1, target.Length)), "distinct values");
        using Scratch<T> values = new(count);
        using Scratch<ushort> shares = new(count);
        reader.TakeVector(values.Span, depth);
        reader.TakeVector(shares.Span, depth);
        AnsStreams.Read(AnsModel.Read(shares.Span, header.Parameter), values.Span, ref reader, target);
        reader.End();
    }
}
