using System.Numerics;
using System.Runtime.CompilerServices;
using Varve.Storage.Segments.Encoding.Choice;

namespace Varve.Storage.Segments.Encoding.Codecs;

/// <summary>
/// Runs of equal values.
/// <code>
/// u32              runs
/// vector of T      their values
/// vector of u32    their lengths, less one
/// </code>
/// </summary>
internal static class RunsCodec
{
    public static double Encode<T>(ReadOnlySpan<T> values, VectorWriter writer, Allowed allowed)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        int runCount = 1;
        for (int i = 1; i < values.Length; i++)
            runCount += values[i] != values[i - 1] ? 1 : 0;
        using Scratch<T> runValues = new(runCount);
        using Scratch<uint> lengths = new(runCount);
        int run = 0;
        for (int from = 0; from < values.Length; run++)
        {
            T value = values[from];
            int length = values[from..].IndexOfAnyExcept(value);
            length = length < 0 ? values.Length - from : length;
            runValues.Span[run] = value;
            lengths.Span[run] = (uint)length - 1;
            from += length;
        }

        int at = writer.BeginVector();
        writer.AppendValue(runCount);
        double time = IntegerEncoder.Encode<T>(runValues.Span, writer, allowed & ~(Allowed.Runs | Allowed.Scaled));
        time += IntegerEncoder.Encode<uint>(lengths.Span, writer, allowed & Allowed.Unordered);
        writer.EndVector(at, VectorEncoding.Runs, Unsafe.SizeOf<T>(), 0, values.Length);
        return time + Cost.Layer + (runCount * Cost.RunValue);
    }

    public static void Decode<T>(ReadOnlySpan<byte> body, Span<T> target, int depth)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        BodyReader reader = new(body);
        int runCount = reader.TakeCount(0, target.Length, "runs");
        using Scratch<T> values = new(runCount);
        using Scratch<uint> lengths = new(runCount);
        reader.TakeVector(values.Span, depth);
        reader.TakeVector(lengths.Span, depth);
        reader.End();
        Span<T> rest = target;
        for (int run = 0; run < runCount; run++)
        {
            uint last = lengths.Span[run];
            if (last >= (uint)rest.Length)
                throw new VectorFormatException($"the runs of a vector hold more than its {target.Length} values");
            rest[..((int)last + 1)].Fill(values.Span[run]);
            rest = rest[((int)last + 1)..];
        }

        if (rest.Length > 0)
            throw new VectorFormatException($"the runs of a vector hold {rest.Length} fewer than its {target.Length} values");
    }
}
