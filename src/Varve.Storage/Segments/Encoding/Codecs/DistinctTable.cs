using System.Numerics;
using Varve.Storage.Segments.Encoding.Packing;

namespace Varve.Storage.Segments.Encoding.Codecs;

/// <summary>Numbers distinct values in the order in which they come, and grows with them. For one thread at a time.</summary>
internal sealed class DistinctTable<T>
    where T : unmanaged, IBinaryInteger<T>
{
    private T[] _values = new T[256];

    /// <summary>Twice as many as values at least, so that a search ends soon. They hold a value's number more by one; 0 is free.</summary>
    private int[] _places = new int[1024];

    public int Count { get; private set; }

    public ReadOnlySpan<T> Values => _values.AsSpan(0, Count);

    /// <summary>The value's number.</summary>
    public int Add(T value)
    {
        for (uint place = PlaceOf(value); ; place = (place + 1) & (uint)(_places.Length - 1))
        {
            int number = _places[place] - 1;
            if (number < 0)
                return AddNew(value, place);
            if (_values[number] == value)
                return number;
        }
    }

    private int AddNew(T value, uint place)
    {
        if (Count == _values.Length)
            place = Grow(value);
        _values[Count++] = value;
        _places[place] = Count;
        return Count - 1;
    }

    private uint Grow(T next)
    {
        Array.Resize(ref _values, _values.Length * 4);
        _places = new int[_places.Length * 4];
        for (int i = 0; i < Count; i++)
            _places[FreePlaceOf(_values[i])] = i + 1;
        return FreePlaceOf(next);
    }

    private uint FreePlaceOf(T value)
    {
        uint place = PlaceOf(value);
        while (_places[place] != 0)
            place = (place + 1) & (uint)(_places.Length - 1);
        return place;
    }

    /// <summary>Fibonacci hashing, which spreads values that differ in few bits.</summary>
    private uint PlaceOf(T value) =>
        (uint)((Width.Unsigned(value) * 0x9E37_79B9_7F4A_7C15) >> (64 - BitOperations.TrailingZeroCount(_places.Length)));
}
