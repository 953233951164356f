namespace Varve.Storage.Zones;

/// <summary>In which order values of a column stand. The numbers are those of segment footers.</summary>
public enum ZoneKind : byte
{
    /// <summary>Whole numbers.</summary>
    Whole = 1,

    /// <summary>Floating-point numbers.</summary>
    Real = 2,

    /// <summary>Unsigned bytes, the shorter first.</summary>
    Bytes = 3,
}
