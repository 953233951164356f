using System.Numerics;

namespace Varve.Storage.Segments.Encoding.Choice;

/// <summary>Finds the period of values that many sources send in turn, such as one row of each of 100 hosts.</summary>
internal static class LagSearch
{
    private const int LagMax = 4096;
    private const int WindowLength = 128;

    /// <summary>Lags of values without a period differ by less by chance.</summary>
    private const double NeededRatio = 0.75;

    private const double AsGoodRatio = 1.05;

    private const int MantissaBits = 23;
    private const int ExponentOfOne = 127;

    /// <summary>The least distance over which values differ clearly less than between neighbours, or 1.</summary>
    public static int Of<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        int lags = Math.Min(LagMax, values.Length / 4);
        if (lags < 2 || values.Length < 2 * (lags + WindowLength))
            return 1;
        ReadOnlySpan<T> looked = values.Slice((values.Length - lags - WindowLength) / 2, lags + WindowLength);
        using Scratch<float> scratch = new(looked.Length);
        Span<float> numbers = scratch.Span;
        for (int i = 0; i < looked.Length; i++)
            numbers[i] = float.CreateTruncating(long.CreateTruncating(unchecked(looked[i] - looked[0])));
        using Scratch<int> scores = new(lags);
        int best = int.MaxValue;
        for (int lag = 1; lag <= lags; lag++)
        {
            int score = DifferenceBits(numbers[..WindowLength], numbers.Slice(lag, WindowLength));
            scores.Span[lag - 1] = score;
            best = Math.Min(best, score);
        }

        if (best > scores.Span[0] * NeededRatio)
            return 1;
        int first = 0;
        while (scores.Span[first] > best * AsGoodRatio)
            first++;
        return first + 1;
    }

    /// <summary>The sum of the differences' binary logarithms, rounded down.</summary>
    private static int DifferenceBits(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Vector<int> sum = Vector<int>.Zero;
        Vector<float> one = Vector<float>.One;
        for (int i = 0; i < WindowLength; i += Vector<float>.Count)
        {
            Vector<float> difference = Vector.Abs(new Vector<float>(a[i..]) - new Vector<float>(b[i..])) + one;
            sum += Vector.AsVectorInt32(difference) >>> MantissaBits;
        }

        return Vector.Sum(sum) - (ExponentOfOne * WindowLength);
    }
}
