namespace Varve.Storage.Segments.Encoding.Packing;

/// <summary>What packing needs of a vector of unsigned numbers, so that one piece of code serves every width; the JIT specialises it away.</summary>
internal interface ILanes<V, T>
    where V : struct
    where T : unmanaged
{
    /// <summary>Numbers in a vector.</summary>
    static abstract int Count { get; }

    static abstract V Load(ref readonly T source, nuint index);

    static abstract void Store(V value, ref T target, nuint index);

    static abstract V Broadcast(T value);

    /// <summary>By less than the width of a number.</summary>
    static abstract V ShiftRight(V value, int count);

    /// <summary>By less than the width of a number.</summary>
    static abstract V ShiftLeft(V value, int count);

    static abstract V And(V a, V b);

    static abstract V Or(V a, V b);

    static abstract V Add(V a, V b);

    static abstract V Subtract(V a, V b);
}
