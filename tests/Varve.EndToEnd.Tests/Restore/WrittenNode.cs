using Varve.Client;
using Varve.Protocol.V1;

namespace Varve.EndToEnd.Tests.Restore;

/// <summary>All that was done to a node by clients that work at the same time, so that it can be told what it was at any position.</summary>
internal sealed class WrittenNode
{
    private readonly Dictionary<string, WrittenStream> _streams = [];
    private readonly Dictionary<(string Stream, string Consumer), Timeline<long>> _progress = [];
    private readonly Dictionary<string, long> _producers = [];

    public IEnumerable<WrittenBatch> Batches => _streams.Values.SelectMany(s => s.Batches);

    /// <summary>Streams whose drop was at least begun.</summary>
    public IEnumerable<string> Dropped => _streams.Values.Where(s => s.Batches.Count > 0 && !s.IsThere.Newest).Select(s => s.Name);

    public WrittenStream AddStream(string name)
    {
        WrittenStream stream = new(name);
        lock (_streams)
            _streams.Add(name, stream);
        return stream;
    }

    /// <summary>How many rows a consumer has acknowledged.</summary>
    public Timeline<long> AddConsumer(string stream, string consumer)
    {
        lock (_progress)
            return _progress[(stream, consumer)] = new Timeline<long>(0);
    }

    /// <param name="name">The producer's.</param>
    /// <param name="writer">The number that its rows have.</param>
    public void AddProducer(string name, long writer)
    {
        lock (_producers)
            _producers.Add(name, writer);
    }

    /// <summary>Fails unless a restored node is what this one was at a position, but for streams that were dropped since.</summary>
    public async Task CheckAsync(VarveClient restored, long position, IReadOnlyList<string> erased)
    {
        Assert.Subset(Dropped.ToHashSet(), erased.ToHashSet());
        Dictionary<string, StreamDescription> found = (await restored.ListStreamsAsync()).ToDictionary(s => s.Name);
        Assert.Subset(_streams.Keys.ToHashSet(), found.Keys.ToHashSet());
        List<WrittenBatch> batches = [];
        foreach (WrittenStream stream in _streams.Values)
        {
            bool isThere = found.TryGetValue(stream.Name, out StreamDescription? description);
            if (erased.Contains(stream.Name))
                Assert.False(isThere);
            else
                Assert.Contains(isThere, stream.IsThere.PossibleAt(position));
            if (isThere)
                batches.AddRange(await stream.CheckAsync(restored, description!, position));
        }

        await CheckProducersAsync(restored, batches);
        await CheckConsumersAsync(restored, position, found);
        await CheckKeysAsync(restored, position, found);
    }

    /// <summary>Each goes on with the number behind the last one that is stored, and none of those before is missing.</summary>
    private async Task CheckProducersAsync(VarveClient restored, List<WrittenBatch> batches)
    {
        Dictionary<string, long> found = (await restored.ListProducersAsync()).ToDictionary(p => p.Name, p => p.NextSequence);
        Assert.Equal(_producers.Keys.Order(), found.Keys.Order());
        foreach ((string name, long writer) in _producers)
        {
            IEnumerable<long> numbers = batches.Where(b => b.Writer == writer).Select(b => b.Number).Order();
            Assert.Equal(Enumerable.Range(0, (int)found[name]).Select(n => (long)n), numbers);
        }
    }

    private async Task CheckConsumersAsync(VarveClient restored, long position, Dictionary<string, StreamDescription> streams)
    {
        Dictionary<(string, string), Protocol.V1.Consumer> found = (await restored.ListConsumersAsync()).ToDictionary(c => (c.Stream, c.Name));
        Assert.Equal(_progress.Keys.Where(k => streams.ContainsKey(k.Stream)).Order(), found.Keys.Order());
        foreach (((string Stream, string Consumer) key, Timeline<long> progress) in _progress)
        {
            Assert.Contains(found[key].AcknowledgedRows, progress.PossibleAt(position));
            Assert.Equal(found[key].AcknowledgedRows, found[key].Offset);
        }
    }

    /// <summary>The keyring is the newest that the repository has: it may know later versions than those of the moment.</summary>
    private async Task CheckKeysAsync(VarveClient restored, long position, Dictionary<string, StreamDescription> streams)
    {
        Dictionary<string, int> found = (await restored.ListKeysAsync())
            .Where(k => k.Current && k.Stream.Length > 0).ToDictionary(k => k.Stream, k => k.Version);
        Assert.Equal(streams.Keys.Order(), found.Keys.Order());
        foreach ((string name, int version) in found)
            Assert.InRange(version, _streams[name].KeyVersion.PossibleAt(position).Min(), _streams[name].KeyVersion.Newest);
    }
}
