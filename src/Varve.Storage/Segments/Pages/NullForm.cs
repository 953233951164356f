namespace Varve.Storage.Segments.Pages;

/// <summary>How the nulls of an array are kept: its first byte in a page. The numbers are frozen.</summary>
internal enum NullForm : byte
{
    /// <summary>No row is null.</summary>
    None = 0,

    /// <summary>Validity follows; a null row's value stands among the others, and is whatever packs well.</summary>
    Filled = 1,

    /// <summary>Validity follows; null rows have no value. Where they are many that is smaller, but values have to be moved to their rows.</summary>
    Dense = 2,

    /// <summary>Every row is null. Nothing follows, whatever the type.</summary>
    All = 3,
}
