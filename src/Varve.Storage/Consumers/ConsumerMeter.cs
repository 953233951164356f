using System.Diagnostics.Metrics;
using Varve.Storage.Streams;

namespace Varve.Storage.Consumers;

/// <summary>What consumers count, as part of the meter <c>Varve.Storage</c>. Any thread.</summary>
internal sealed class ConsumerMeter : IDisposable
{
    private readonly Meter _meter = new(StorageMeter.Name);
    private readonly Counter<long> _delivered;
    private readonly Counter<long> _redelivered;
    private readonly Counter<long> _acknowledged;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _buried;

    public ConsumerMeter(Func<CatalogHead> head)
    {
        _delivered = _meter.CreateCounter<long>("varve.storage.consumer.delivered", "{row}", "Rows handed to members of consumers");
        _redelivered = _meter.CreateCounter<long>("varve.storage.consumer.redelivered", "{row}", "Those of which a delivery had failed before");
        _acknowledged = _meter.CreateCounter<long>("varve.storage.consumer.acknowledged", "{row}", "Rows acknowledged, each once");
        _failed = _meter.CreateCounter<long>("varve.storage.consumer.failed", "{row}", "Rows rejected, or not acknowledged in time");
        _buried = _meter.CreateCounter<long>("varve.storage.consumer.dead_letters", "{row}", "Rows gone to the dead letters");
        _meter.CreateObservableGauge("varve.storage.consumer.lag", () => Each(head(), Lag), "{row}", "Rows that a consumer is not through with");
        _meter.CreateObservableGauge(
            "varve.storage.consumer.missed", () => Each(head(), (_, c) => c.MissedRowCount), "{row}", "Rows that went before they were acknowledged");
        _meter.CreateObservableGauge(
            "varve.storage.consumer.retried", () => Each(head(), (_, c) => c.Failed.RowCount), "{row}", "Rows of which a delivery failed");
    }

    public void Delivered(long rowCount, bool isAgain)
    {
        _delivered.Add(rowCount);
        if (isAgain)
            _redelivered.Add(rowCount);
    }

    public void Acknowledged(long rowCount) => _acknowledged.Add(rowCount);

    public void Failed(long rowCount) => _failed.Add(rowCount);

    public void Buried(long rowCount) => _buried.Add(rowCount);

    public void Dispose() => _meter.Dispose();

    private static long Lag(StreamState stream, ConsumerState consumer) =>
        stream.Head.EndOffset - consumer.Offset - consumer.Done.RowCount;

    private static IEnumerable<Measurement<long>> Each(CatalogHead head, Func<StreamState, ConsumerState, long> number)
    {
        Dictionary<long, StreamState> streams = head.Streams.Values.ToDictionary(s => s.Id);
        return head.Consumers.ById.Values.Where(c => streams.ContainsKey(c.StreamId)).Select(c => new Measurement<long>(
            Math.Max(0, number(streams[c.StreamId], c)),
            new KeyValuePair<string, object?>("stream", streams[c.StreamId].Name),
            new KeyValuePair<string, object?>("consumer", c.Name)));
    }
}
