using System.Diagnostics.Metrics;
using Varve.Storage.Keys;
using Varve.Storage.Log;
using Varve.Storage.Segments;
using Varve.Storage.Streams;

namespace Varve.Storage;

/// <summary>
/// What an engine is made of at the moment, as gauges of the meter <c>Varve.Storage</c>: looked up when somebody asks. Any thread.
/// </summary>
internal sealed class StateMeter : IDisposable
{
    private static readonly string[] StateNames = ["accepting", "disk_full", "stopped"];

    private readonly Meter _meter = new(StorageMeter.Name);

    public StateMeter(Func<CatalogHead> streams, SegmentCache cache, Keyring keys, DurableLog log, Func<bool> isStopped)
    {
        _meter.CreateObservableGauge("varve.storage.streams", () => streams().Streams.Count, "{stream}", "Streams");
        _meter.CreateObservableGauge("varve.storage.segments", () => Sum(s => s.Segments.Length), "{segment}", "Segments of all streams");
        _meter.CreateObservableGauge("varve.storage.segment.bytes", () => Sum(s => s.SegmentBytes), "By", "Files of all segments");
        _meter.CreateObservableGauge(
            "varve.storage.tail.rows", () => Sum(s => s.EndOffset - s.SealedEnd), "{row}", "Rows that are in no segment yet");
        _meter.CreateObservableGauge("varve.storage.log.bytes", () => log.BytesOnDisk, "By", "The log, from its begin to its end");
        _meter.CreateObservableGauge("varve.storage.cache.bytes", () => cache.UsedBytes, "By", "Footers, dictionaries and Bloom filters in memory");
        _meter.CreateObservableGauge("varve.storage.cache.limit", () => cache.LimitBytes, "By", "Memory that these may take");
        _meter.CreateObservableGauge("varve.storage.key.versions", KeyVersions, "{key}", "Versions of the node's and the streams' keys, by state");

        _meter.CreateObservableGauge("varve.storage.state", States, description: "1 for the state that the engine is in, 0 for the others");

        Measurement<long>[] States()
        {
            string state = isStopped() ? "stopped" : log.Space.Shortage is null ? "accepting" : "disk_full";
            return [.. StateNames.Select(s =>
                new Measurement<long>(s == state ? 1 : 0, new KeyValuePair<string, object?>("state", s)))];
        }

        long Sum(Func<StreamHead, long> number) => streams().Streams.Values.Sum(s => number(s.Head));

        Measurement<long>[] KeyVersions()
        {
            int[] counts = [.. streams().Streams.Values.Select(s => s.Id).Append(Keyring.NodeId).Select(id => keys.Versions(id).Count)];
            return
            [
                new Measurement<long>(counts.Count(c => c > 0), new KeyValuePair<string, object?>("state", "current")),
                new Measurement<long>(counts.Sum(c => Math.Max(0, c - 1)), new KeyValuePair<string, object?>("state", "older")),
            ];
        }
    }

    public void Dispose() => _meter.Dispose();
}
