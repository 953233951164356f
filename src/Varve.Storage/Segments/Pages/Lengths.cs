using Varve.Storage.Segments.Format;

namespace Varve.Storage.Segments.Pages;

/// <summary>Lengths of rows, as read.</summary>
internal static class Lengths
{
    /// <exception cref="PageFormatException">One is negative, or all of them are more than an array can have.</exception>
    public static int Sum(ReadOnlySpan<int> lengths)
    {
        long sum = 0;
        int signs = 0;
        foreach (int length in lengths)
        {
            sum += length;
            signs |= length;
        }

        return signs >= 0 && sum <= int.MaxValue
            ? (int)sum
            : throw new PageFormatException($"the lengths of {lengths.Length} rows make {sum}, or one is negative");
    }
}
