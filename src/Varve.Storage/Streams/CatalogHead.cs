using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Varve.Storage.Consumers;

namespace Varve.Storage.Streams;

/// <summary>The streams and consumers that readers may see. Immutable; published whole by the sequencer.</summary>
/// <param name="Version">The number of changes to streams and columns so far.</param>
/// <param name="Streams">By name without regard to case; a stream answers only to its name as it was created.</param>
internal sealed record CatalogHead(long Version, ImmutableDictionary<string, StreamState> Streams)
{
    public ConsumerSet Consumers { get; init; } = ConsumerSet.Empty;

    public static CatalogHead Empty { get; } = new(0, ImmutableDictionary.Create<string, StreamState>(StreamName.Comparer));

    public bool TryFind(string name, [NotNullWhen(true)] out StreamState? stream) =>
        Streams.TryGetValue(name, out stream) && stream.Name == name;

    /// <summary>Throws <see cref="StorageErrorCode.StreamNotFound"/>.</summary>
    public StreamState Find(string name)
    {
        if (Streams.TryGetValue(name, out StreamState? stream) && stream.Name == name)
            return stream;
        string hint = stream is null ? "" : $"; a stream '{stream.Name}' exists, and case matters";
        throw new StorageException(StorageErrorCode.StreamNotFound, $"no stream '{StreamName.Shown(name)}' exists{hint}");
    }
}
