using System.Numerics;

namespace Varve.Storage.Segments.Encoding.Choice;

/// <summary>Where a vector is looked at before anything is tried: stretches of neighbours, spread over the whole.</summary>
internal static class Sample
{
    public const int StretchLength = 512;

    public const int LengthMax = StretchCount * StretchLength;

    private const int StretchCount = 4;

    /// <summary>Values that a sample has.</summary>
    public static int LengthOf(int count) => Math.Min(count, LengthMax);

    /// <summary>Fills the sample with the values, or with their differences over a distance.</summary>
    public static void Take<T>(ReadOnlySpan<T> values, int distance, Span<T> sample)
        where T : unmanaged, IBinaryInteger<T>
    {
        int count = values.Length - distance;
        if (count <= sample.Length)
        {
            Fill(values, distance, 0, sample[..count]);
            return;
        }

        int stretches = sample.Length / StretchLength;
        for (int s = 0; s < stretches; s++)
        {
            int from = (int)((long)(count - StretchLength) * s / Math.Max(1, stretches - 1));
            Fill(values, distance, from, sample.Slice(s * StretchLength, StretchLength));
        }
    }

    private static void Fill<T>(ReadOnlySpan<T> values, int distance, int from, Span<T> stretch)
        where T : unmanaged, IBinaryInteger<T>
    {
        values = values.Slice(from, stretch.Length + distance);
        if (distance == 0)
        {
            values.CopyTo(stretch);
            return;
        }

        for (int i = 0; i < stretch.Length; i++)
            stretch[i] = unchecked(values[i + distance] - values[i]);
    }
}
