using Varve.Storage;
using Varve.Storage.Tests;

namespace Varve.Backup.Tests.Snapshots;

/// <summary>What a node was at one moment: rows and settings of its streams, and the next number of each producer. Immutable.</summary>
/// <param name="Earliest">The change before was visible at the position before this one, at the latest.</param>
/// <param name="Latest">This is visible at that position, at the latest.</param>
/// <param name="Streams">By name: all rows that it ever gets, how many of them there are, and how many it keeps.</param>
/// <param name="Producers">By name.</param>
internal sealed record NodePicture(
    long Earliest,
    long Latest,
    IReadOnlyDictionary<string, (List<long> Rows, int Count, long? RetainRows)> Streams,
    IReadOnlyDictionary<string, long> Producers)
{
    /// <summary>How a node differs, but for some streams that it has not; null where it does not.</summary>
    public async Task<string?> DifferenceAsync(StorageEngine engine, IReadOnlyList<string> without)
    {
        IReadOnlyList<StreamDescription> found = engine.List();
        if (!found.Select(s => s.Name).SequenceEqual(Streams.Keys.Except(without).Order(StringComparer.Ordinal)))
            return $"streams {string.Join(", ", found.Select(s => s.Name))}; expected {string.Join(", ", Streams.Keys)}";
        foreach (StreamDescription stream in found)
        {
            (List<long> rows, int count, long? retainRows) = Streams[stream.Name];
            long[] expected;
            lock (rows)
                expected = [.. rows.Take(count)];
            StreamView view = engine.OpenView(stream.Name);
            if (!view.Numbers().SequenceEqual(expected))
                return $"stream {stream.Name} has {view.Numbers().Length} rows; expected {count}";
            if (stream.Settings.RetainRows != retainRows)
                return $"stream {stream.Name} keeps {stream.Settings.RetainRows} rows; expected {retainRows}";
        }

        Dictionary<string, long> producers = (await engine.ListProducersAsync()).ToDictionary(p => p.Session.Name, p => p.Session.NextSequence);
        return producers.OrderBy(p => p.Key).SequenceEqual(Producers.OrderBy(p => p.Key))
            ? null
            : $"producers {string.Join(", ", producers)}; expected {string.Join(", ", Producers)}";
    }
}
