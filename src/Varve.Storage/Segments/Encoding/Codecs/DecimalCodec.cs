using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Varve.Storage.Segments.Encoding.Choice;
using Varve.Storage.Segments.Encoding.Decimals;

namespace Varve.Storage.Segments.Encoding.Codecs;

/// <summary>
/// Reals that were decimals, as whole numbers (<see cref="DecimalScale"/>).
/// <code>
/// parameter        exponent + 256 * factor
/// vector of T      whole numbers: i64 for doubles, i32 for floats
/// PatchList        bits of the values that do not come back
/// </code>
/// </summary>
internal static class DecimalCodec
{
    public static double Encode(ReadOnlySpan<double> values, DecimalScale scale, VectorWriter writer)
    {
        using Scratch<long> wholes = new(values.Length);
        using Scratch<uint> exceptions = new(values.Length);
        int count = DecimalWhole.Make(values, scale, wholes.Span, exceptions.Span);
        return Write<long, ulong>(wholes.Span, exceptions.Span[..count], MemoryMarshal.Cast<double, ulong>(values), scale, writer);
    }

    public static double Encode(ReadOnlySpan<float> values, DecimalScale scale, VectorWriter writer)
    {
        using Scratch<int> wholes = new(values.Length);
        using Scratch<uint> exceptions = new(values.Length);
        int count = DecimalWhole.Make(values, scale, wholes.Span, exceptions.Span);
        return Write<int, uint>(wholes.Span, exceptions.Span[..count], MemoryMarshal.Cast<float, uint>(values), scale, writer);
    }

    public static void Decode<T>(in VectorHeader header, ReadOnlySpan<byte> body, Span<T> target, int depth)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        var scale = DecimalScale.Of(header.Parameter);
        BodyReader reader = new(body);
        reader.TakeVector(target, depth);
        if (Unsafe.SizeOf<T>() == sizeof(double))
            DecimalReal.Make(MemoryMarshal.Cast<T, ulong>(target), scale);
        else
            DecimalReal.Make(MemoryMarshal.Cast<T, uint>(target), scale);
        PatchList.Apply(ref reader, target, depth);
        reader.End();
    }

    private static double Write<TWhole, TBits>(
        ReadOnlySpan<TWhole> wholes, ReadOnlySpan<uint> exceptions, ReadOnlySpan<TBits> bits, DecimalScale scale, VectorWriter writer)
        where TWhole : unmanaged, IBinaryInteger<TWhole>, IMinMaxValue<TWhole>
        where TBits : unmanaged, IBinaryInteger<TBits>, IMinMaxValue<TBits>
    {
        using Scratch<TBits> patches = new(exceptions.Length);
        for (int i = 0; i < exceptions.Length; i++)
            patches.Span[i] = bits[(int)exceptions[i]];
        int at = writer.BeginVector();
        double time = IntegerEncoder.Encode(wholes, writer, Allowed.All);
        time += PatchList.Write<TBits>(exceptions, patches.Span, writer, Allowed.Unordered);
        writer.EndVector(at, VectorEncoding.Decimal, Unsafe.SizeOf<TBits>(), scale.Parameter, wholes.Length);
        return time + Cost.Layer + (wholes.Length * Cost.DecimalValue);
    }
}
