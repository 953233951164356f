using System.Numerics;

namespace Varve.Storage.Segments.Encoding.Decimals;

/// <summary>Reals to whole numbers.</summary>
internal static class DecimalWhole
{
    /// <summary>
    /// Makes a whole number of each value and lists the places of those that would not come back; there, the whole number before is repeated, so that
    /// nothing stands out.
    /// </summary>
    /// <returns>How many do not come back.</returns>
    public static int Make(ReadOnlySpan<double> values, DecimalScale scale, Span<long> wholes, Span<uint> exceptions)
    {
        int count = 0;
        int i = 0;
        Vector<double> limit = new(DecimalScale.WholeMax);
        for (; i <= values.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            Vector<double> value = new(values[i..]);
            Vector<double> scaled = value * scale.ToWhole * scale.ToWholeThen;

            // What is out of range, or not a number, becomes 0 and then is not what it was.
            scaled = Vector.ConditionalSelect(Vector.LessThan(Vector.Abs(scaled), limit), scaled, Vector<double>.Zero);
            Vector<long> whole = Vector.ConvertToInt64(Vector.Round(scaled));
            whole.CopyTo(wholes[i..]);
            Vector<double> back = Vector.ConvertToDouble(whole) * scale.ToReal * scale.ToRealThen;
            if (Vector.EqualsAll(Vector.AsVectorInt64(back), Vector.AsVectorInt64(value)))
                continue;
            for (int lane = 0; lane < Vector<double>.Count; lane++)
            {
                if (BitConverter.DoubleToInt64Bits(back[lane]) != BitConverter.DoubleToInt64Bits(value[lane]))
                    exceptions[count++] = (uint)(i + lane);
            }
        }

        for (; i < values.Length; i++)
        {
            double scaled = values[i] * scale.ToWhole * scale.ToWholeThen;
            long whole = Math.Abs(scaled) < DecimalScale.WholeMax ? (long)Math.Round(scaled) : 0;
            wholes[i] = whole;
            if (BitConverter.DoubleToInt64Bits(whole * scale.ToReal * scale.ToRealThen) != BitConverter.DoubleToInt64Bits(values[i]))
                exceptions[count++] = (uint)i;
        }

        Fill(wholes, exceptions[..count]);
        return count;
    }

    /// <summary>The same for floats, whose whole numbers have 32 bits; the arithmetic is that of doubles.</summary>
    public static int Make(ReadOnlySpan<float> values, DecimalScale scale, Span<int> wholes, Span<uint> exceptions)
    {
        int count = 0;
        for (int i = 0; i < values.Length; i++)
        {
            double scaled = values[i] * scale.ToWhole * scale.ToWholeThen;
            int whole = Math.Abs(scaled) < int.MaxValue ? (int)Math.Round(scaled) : 0;
            wholes[i] = whole;
            if (BitConverter.SingleToInt32Bits((float)(whole * scale.ToReal * scale.ToRealThen)) != BitConverter.SingleToInt32Bits(values[i]))
                exceptions[count++] = (uint)i;
        }

        Fill(wholes, exceptions[..count]);
        return count;
    }

    private static void Fill<T>(Span<T> wholes, ReadOnlySpan<uint> exceptions)
        where T : unmanaged
    {
        // The first ones take the first number that is none of them.
        int leading = 0;
        while (leading < exceptions.Length && exceptions[leading] == leading)
            leading++;
        T filler = leading < wholes.Length ? wholes[leading] : default;
        foreach (uint place in exceptions)
        {
            if (place >= leading)
                filler = wholes[(int)place - 1];
            wholes[(int)place] = filler;
        }
    }
}
