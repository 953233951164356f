using System.Numerics;
using System.Runtime.Intrinsics;

namespace Varve.Query.Scan.Filtering;

/// <summary>NaN, of whatever bits.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal readonly struct NaNMatch<T> : IValueMatch<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Vector512<T> Match(Vector512<T> values) => ~Vector512.Equals(values, values);

    public bool Match(T value) => T.IsNaN(value);
}
