using System.Runtime.Intrinsics;

namespace Varve.Query.Scan.Filtering;

/// <summary>Which values match: many at once, and one by one at the end. For structs, which the compiler writes into the loop.</summary>
internal interface IValueMatch<T>
    where T : unmanaged
{
    /// <summary>All bits of an element are set where its value matches, none where it does not.</summary>
    Vector512<T> Match(Vector512<T> values);

    bool Match(T value);
}
