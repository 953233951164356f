using System.Collections.Immutable;

namespace Varve.Storage.Tests.Recovery;

/// <summary>
/// What a node must hold, as plain lists. Immutable: an operation makes a new one, and what is there after a crash is the old or the new one.
/// </summary>
internal sealed record CatalogModel(ImmutableSortedDictionary<string, StreamModel> Streams)
{
    public static CatalogModel Empty { get; } = new(ImmutableSortedDictionary.Create<string, StreamModel>(StringComparer.Ordinal));

    public CatalogModel With(StreamModel stream) => new(Streams.SetItem(stream.Name, stream));

    public CatalogModel Without(string name) => new(Streams.Remove(name));

    /// <summary>All of it in a text that two equal ones share.</summary>
    public string Describe() => string.Join("\n", Streams.Values.Select(s => s.Describe()));
}
