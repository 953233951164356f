using Varve.Arrow;
using Varve.Storage;
using Varve.Storage.Tests;

namespace Varve.Backup.Tests.Snapshots;

/// <summary>
/// A writer that changes a node in random ways and notes, position by position, what the node is then. One thread; pictures may be looked at by another.
/// </summary>
internal sealed class NodeModel(Func<StorageEngine> node, Random random)
{
    private readonly Dictionary<string, (List<long> Rows, long? RetainRows)> _streams = [];
    private readonly Dictionary<string, ProducerSession> _producers = [];
    private readonly Dictionary<string, long> _sequences = [];
    private readonly List<NodePicture> _pictures = [new NodePicture(0, 0, new Dictionary<string, (List<long>, int, long?)>(), new Dictionary<string, long>())];
    private long _next;
    private int _streamCount;

    public async Task RunAsync(int steps)
    {
        for (int i = 0; i < steps; i++)
            await StepAsync();
    }

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
            await StepAsync();
    }

    /// <summary>Fails unless a node is what this one was at a position, but for streams that were dropped since.</summary>
    public async Task AssertIsAsync(StorageEngine found, long position, IReadOnlyList<string> erased)
    {
        Assert.All(erased, name => Assert.DoesNotContain(node().List(), s => s.Name == name));
        List<NodePicture> possible;
        lock (_pictures)
        {
            int newest = _pictures.FindLastIndex(p => p.Latest <= position);
            possible = [.. _pictures.Skip(newest).TakeWhile(p => p.Earliest <= position)];
        }

        List<string> differences = [];
        foreach (NodePicture picture in possible)
        {
            if (await picture.DifferenceAsync(found, erased) is not { } difference)
                return;
            differences.Add(difference);
        }

        Assert.Fail($"at position {position}: {string.Join("; or ", differences)}");
    }

    private async Task StepAsync()
    {
        StorageEngine engine = node();
        LogPosition before = engine.VisibleUpTo;
        LogPosition? at = null;
        switch (_streams.Count == 0 ? 0 : random.Next(60))
        {
            case 0 or 1 when _streams.Count < 5:
                string name = $"stream-{_streamCount++}";
                await engine.CreateStreamAsync(name, Rows.Schema);
                _streams[name] = ([], null);
                break;
            case 2 when _streams.Count > 3:
                string dropped = Any();
                await engine.DropStreamAsync(dropped);
                _streams.Remove(dropped);
                break;
            case 3:
                string changed = Any();
                long retained = 1_000_000 + random.Next(1000);
                await engine.SetStreamSettingsAsync(changed, new StreamSettings { RetainRows = retained });
                _streams[changed] = (_streams[changed].Rows, retained);
                break;
            case 4:
                string opened = $"producer {random.Next(3)}";
                _producers[opened] = await engine.OpenProducerAsync(opened);
                _sequences.TryAdd(opened, 0);
                break;
            case 5:
                await engine.FlushAsync(Any());
                return;
            case < 15 when _producers.Count > 0:
                ProducerSession producer = _producers.Values.ElementAt(random.Next(_producers.Count));
                var sequence = new ProducerSequence(producer.Id, producer.Epoch, _sequences[producer.Name]);
                string of = Any();
                at = (await engine.AppendAsync(new StreamAppend(of, Batch(of, 5)), new AppendOptions { Producer = sequence })).Position;
                _sequences[producer.Name]++;
                break;
            case 59:
                at = await AppendAsync(2_500);
                break;
            default:
                at = await AppendAsync(1 + random.Next(50));
                break;
        }

        NodePicture picture = new(
            at?.Value ?? before.Value + 1,
            at?.Value ?? engine.VisibleUpTo.Value,
            _streams.ToDictionary(s => s.Key, s => (s.Value.Rows, s.Value.Rows.Count, s.Value.RetainRows)),
            new Dictionary<string, long>(_sequences));
        lock (_pictures)
            _pictures.Add(picture);
    }

    private async Task<LogPosition> AppendAsync(int count)
    {
        string stream = Any();
        return (await node().AppendAsync(stream, Batch(stream, count))).Position;
    }

    private string Any() => _streams.Keys.ElementAt(random.Next(_streams.Count));

    private RecordBatch Batch(string stream, int count)
    {
        RecordBatch batch = Rows.Range(_next, count);
        List<long> rows = _streams[stream].Rows;
        lock (rows)
        {
            for (int i = 0; i < count; i++)
                rows.Add(_next++);
        }

        return batch;
    }
}
