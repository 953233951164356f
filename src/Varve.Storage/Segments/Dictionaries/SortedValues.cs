using Varve.Arrow;
using Varve.Storage.Zones;

namespace Varve.Storage.Segments.Dictionaries;

/// <summary>Looks for a value in a dictionary, whose values stand in the order of their bytes.</summary>
internal static class SortedValues
{
    public static bool Holds(ArrayData values, ReadOnlySpan<byte> value)
    {
        ByteRows rows = new(values);
        int low = 0;
        int high = values.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = rows[middle].SequenceCompareTo(value);
            if (order == 0)
                return true;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return false;
    }
}
