namespace Varve.Query.Pruning;

/// <summary>
/// A value in the order of its SQL type: a whole number (integers, dates, timestamps) or a real one. DuckDB sorts NaN above all reals.
/// </summary>
internal readonly record struct ZoneValue : IComparable<ZoneValue>
{
    private readonly Int128 _whole;
    private readonly double _real;

    private ZoneValue(bool isReal, Int128 whole, double real)
    {
        IsReal = isReal;
        _whole = whole;
        _real = real;
    }

    public bool IsReal { get; }

    /// <summary>Zero for a real value.</summary>
    public Int128 Whole => _whole;

    public static ZoneValue Of(Int128 whole) => new(false, whole, 0);

    public static ZoneValue OfReal(double real) => new(true, 0, real);

    /// <exception cref="InvalidOperationException">One is whole and the other real: the types of constant and column were not compared.</exception>
    public int CompareTo(ZoneValue other)
    {
        if (IsReal != other.IsReal)
            throw new InvalidOperationException("a whole number cannot be compared with a real one");
        if (!IsReal)
            return _whole.CompareTo(other._whole);
        if (double.IsNaN(_real) || double.IsNaN(other._real))
            return double.IsNaN(_real).CompareTo(double.IsNaN(other._real));
        return _real < other._real ? -1 : _real > other._real ? 1 : 0;
    }
}
