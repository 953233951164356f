namespace Varve.Storage.Segments.Encoding;

/// <summary>How a vector is laid out behind its header (docs/formats/segment-encodings.md). The numbers are frozen: files hold them.</summary>
internal enum VectorEncoding : byte
{
    /// <summary>The values as they are.</summary>
    Raw = 1,

    /// <summary>One value for all.</summary>
    Constant = 2,

    /// <summary>Differences from the least value of each 1,024, in as many bits as these need.</summary>
    Frame = 3,

    /// <summary>Each value once for as often as it stands in a row.</summary>
    Runs = 4,

    /// <summary>Differences from the value that stands a fixed distance before.</summary>
    Delta = 5,

    /// <summary>Another vector, in which some values are replaced.</summary>
    Patched = 6,

    /// <summary>The distinct values, and which of them each one is.</summary>
    Dictionary = 7,

    /// <summary>The distinct values, and which of them each one is, in fewer bits the more frequent it is.</summary>
    Entropy = 8,

    /// <summary>The high and the low bits of values apart.</summary>
    Split = 9,

    /// <summary>Multiples of a unit.</summary>
    Scaled = 10,

    /// <summary>Bytes compressed with zstd.</summary>
    Zstd = 11,

    /// <summary>Reals that were decimals, as whole numbers.</summary>
    Decimal = 12,

    /// <summary>Bits, as the places where something changes.</summary>
    Places = 13,

    /// <summary>Reals of two kinds, apart.</summary>
    Apart = 14,
}
