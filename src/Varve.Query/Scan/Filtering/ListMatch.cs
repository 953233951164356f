using System.Numerics;
using System.Runtime.Intrinsics;

namespace Varve.Query.Scan.Filtering;

/// <summary>One of a few numbers, or none of them. NaN is none.</summary>
/// <param name="values">A few, each of which is compared.</param>
/// <param name="isListed">False for all others.</param>
internal readonly struct ListMatch<T>(T[] values, bool isListed) : IValueMatch<T>
    where T : unmanaged, INumber<T>
{
    public Vector512<T> Match(Vector512<T> tested)
    {
        Vector512<T> listed = Vector512<T>.Zero;
        foreach (T value in values)
            listed |= Vector512.Equals(tested, Vector512.Create(value));
        return isListed ? listed : ~listed;
    }

    public bool Match(T value) => values.AsSpan().Contains(value) == isListed;
}
