namespace Varve.Storage.Zones;

/// <summary>
/// A value in the order of its column: a whole number (integers, dates, times, decimals, booleans), a real one, or bytes (text in UTF-8, binary),
/// which are compared as unsigned bytes. NaN sorts above all reals, and zero has no sign.
/// </summary>
public readonly record struct ZoneValue : IComparable<ZoneValue>
{
    private readonly Int128 _whole;
    private readonly double _real;
    private readonly byte[]? _bytes;

    private ZoneValue(ZoneKind kind, Int128 whole, double real, byte[]? bytes)
    {
        Kind = kind;
        _whole = whole;
        _real = real;
        _bytes = bytes;
    }

    public ZoneKind Kind { get; }

    public bool IsReal => Kind == ZoneKind.Real;

    /// <summary>Zero for any other kind.</summary>
    public Int128 Whole => _whole;

    /// <summary>Zero for any other kind.</summary>
    public double Real => _real;

    /// <summary>Empty for any other kind.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    public static ZoneValue Of(Int128 whole) => new(ZoneKind.Whole, whole, 0, null);

    public static ZoneValue OfReal(double real) => new(ZoneKind.Real, 0, real, null);

    public static ZoneValue OfBytes(ReadOnlySpan<byte> bytes) => new(ZoneKind.Bytes, 0, 0, bytes.ToArray());

    /// <exception cref="InvalidOperationException">The kinds differ: the types of constant and column were not compared.</exception>
    public int CompareTo(ZoneValue other)
    {
        if (Kind != other.Kind)
            throw new InvalidOperationException($"a {Kind} value cannot be compared with a {other.Kind} one");
        if (Kind == ZoneKind.Whole)
            return _whole.CompareTo(other._whole);
        if (Kind == ZoneKind.Bytes)
            return Bytes.SequenceCompareTo(other.Bytes);
        if (double.IsNaN(_real) || double.IsNaN(other._real))
            return double.IsNaN(_real).CompareTo(double.IsNaN(other._real));
        return _real < other._real ? -1 : _real > other._real ? 1 : 0;
    }

    public static bool operator <(ZoneValue left, ZoneValue right) => left.CompareTo(right) < 0;

    public static bool operator <=(ZoneValue left, ZoneValue right) => left.CompareTo(right) <= 0;

    public static bool operator >(ZoneValue left, ZoneValue right) => left.CompareTo(right) > 0;

    public static bool operator >=(ZoneValue left, ZoneValue right) => left.CompareTo(right) >= 0;

    public bool Equals(ZoneValue other) => Kind == other.Kind && CompareTo(other) == 0;

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Kind);
        hash.Add(_whole);
        hash.Add(_real == 0 ? 0 : _real);
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    public override string ToString() => Kind switch
    {
        ZoneKind.Whole => _whole.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ZoneKind.Real => _real.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => Convert.ToHexString(Bytes),
    };
}
