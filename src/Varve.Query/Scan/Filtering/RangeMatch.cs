using System.Numerics;
using System.Runtime.Intrinsics;

namespace Varve.Query.Scan.Filtering;

/// <summary>Whole numbers within bounds, both inclusive.</summary>
internal readonly struct RangeMatch<T>(T least, T greatest) : IValueMatch<T>
    where T : unmanaged, IBinaryInteger<T>
{
    public Vector512<T> Match(Vector512<T> values) =>
        Vector512.GreaterThanOrEqual(values, Vector512.Create(least)) & Vector512.LessThanOrEqual(values, Vector512.Create(greatest));

    public bool Match(T value) => value >= least && value <= greatest;
}
