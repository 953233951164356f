namespace Varve.Storage;

/// <summary>Whether and under which root key a data directory is encrypted.</summary>
public sealed record KeyOptions
{
    /// <summary>
    /// Decided when a data directory is made, and the same at every opening from then on: an opening that says otherwise is refused.
    /// </summary>
    public bool Encrypt { get; init; } = true;

    /// <summary>Null: the file <c>root.key</c> in the data directory, which is made together with the directory.</summary>
    public RootKeySource? Source { get; init; }
}
