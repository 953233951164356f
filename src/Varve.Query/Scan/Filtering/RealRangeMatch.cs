using System.Numerics;
using System.Runtime.Intrinsics;

namespace Varve.Query.Scan.Filtering;

/// <summary>Real numbers within bounds, both inclusive. NaN is above all others: it matches where there is no upper bound.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="least">No NaN.</param>
/// <param name="greatest">No NaN; infinity still leaves NaN out.</param>
/// <param name="isOpen">No upper bound, whatever <paramref name="greatest"/> is.</param>
internal readonly struct RealRangeMatch<T>(T least, T greatest, bool isOpen) : IValueMatch<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Vector512<T> Match(Vector512<T> values)
    {
        // "Not less" holds for NaN, where "at least" would not.
        Vector512<T> fromLeast = ~Vector512.LessThan(values, Vector512.Create(least));
        return isOpen ? fromLeast : fromLeast & Vector512.LessThanOrEqual(values, Vector512.Create(greatest));
    }

    public bool Match(T value) => !(value < least) && (isOpen || value <= greatest);
}
