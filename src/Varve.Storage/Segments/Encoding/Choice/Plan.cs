namespace Varve.Storage.Segments.Encoding.Choice;

/// <summary>A way to encode a vector and what it is thought to cost. Only what the encoding takes is set.</summary>
internal readonly record struct Plan<T>(VectorEncoding Encoding, double EstimatedCost)
    where T : unmanaged
{
    /// <summary>Delta: from which value before.</summary>
    public int Distance { get; init; }

    /// <summary>Patched: what is kept.</summary>
    public T Least { get; init; }

    public T Greatest { get; init; }

    /// <summary>Split.</summary>
    public int LowBits { get; init; }

    /// <summary>Scaled.</summary>
    public ulong Unit { get; init; }

    /// <summary>Zstd.</summary>
    public int DifferenceBytes { get; init; }

    public bool InPlanes { get; init; }
}
