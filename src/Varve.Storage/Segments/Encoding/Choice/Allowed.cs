namespace Varve.Storage.Segments.Encoding.Choice;

/// <summary>
/// What may be tried for a vector next to raw, constant and frame. An encoding is not allowed inside of itself, but in the tables of others.
/// </summary>
[Flags]
internal enum Allowed
{
    None = 0,
    Runs = 1,
    Delta = 2,
    Patched = 4,
    Dictionary = 8,
    Entropy = 16,
    Split = 32,
    Scaled = 64,
    Zstd = 128,

    All = Runs | Delta | Patched | Dictionary | Entropy | Split | Scaled | Zstd,

    /// <summary>For the few values that describe others.</summary>
    Table = Delta | Patched,

    /// <summary>For rising places.</summary>
    Places = Delta | Entropy,

    /// <summary>For values that have nothing to do with their neighbours.</summary>
    Unordered = Patched | Dictionary | Entropy | Split,
}
