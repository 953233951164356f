using System.Diagnostics.Metrics;
using Varve.Server.Backups;

namespace Varve.Server.Metrics;

/// <summary>What the daemon counts itself, as the meters Varve.Server and Varve.Rpc. Any thread.</summary>
internal sealed class ServerMetrics : IDisposable
{
    public const string MeterName = "Varve.Server";
    public const string RpcMeterName = "Varve.Rpc";

    /// <summary>The meters that /metrics and OTLP show.</summary>
    public static readonly string[] MeterNames =
        [MeterName, RpcMeterName, "Varve.Storage", StatementObserver.MeterName, BackupMeter.MeterName, "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel"];

    private readonly Meter _meter;
    private readonly Meter _rpcMeter;
    private readonly Counter<long> _appendedRows;
    private readonly Counter<long> _appendedBytes;
    private readonly Histogram<double> _appendSeconds;
    private readonly Counter<long> _readRows;
    private readonly Counter<long> _readBytes;
    private readonly UpDownCounter<long> _reads;
    private readonly Histogram<double> _callSeconds;
    private readonly Counter<long> _callRequestBytes;
    private readonly Counter<long> _callResponseBytes;

    /// <param name="daemon">The scope of the meters.</param>
    /// <param name="time">Measures the uptime.</param>
    /// <param name="connectionCount">Asked at each look.</param>
    public ServerMetrics(object daemon, TimeProvider time, Func<long> connectionCount)
    {
        _meter = new Meter(new MeterOptions(MeterName) { Version = ProductInfo.Version, Scope = daemon });
        _rpcMeter = new Meter(new MeterOptions(RpcMeterName) { Version = ProductInfo.Version, Scope = daemon });
        DateTimeOffset startedAt = time.GetUtcNow();
        _appendedRows = _meter.CreateCounter<long>("varve.server.append.rows", "{row}", "Rows acknowledged to clients of Append.");
        _appendedBytes = _meter.CreateCounter<long>("varve.server.append.bytes", "By", "Bytes of acknowledged Append requests.");
        _appendSeconds = _meter.CreateHistogram<double>("varve.server.append.duration", "s", "From a request's last byte to its acknowledgement.");
        _readRows = _meter.CreateCounter<long>("varve.server.read.rows", "{row}", "Rows sent to clients of Read.");
        _readBytes = _meter.CreateCounter<long>("varve.server.read.bytes", "By", "Bytes of rows sent to clients of Read.");
        _reads = _meter.CreateUpDownCounter<long>("varve.server.reads.active", "{call}", "Read calls that are open, followers among them.");
        _meter.CreateObservableGauge("varve.server.connections", connectionCount, "{connection}", "Connections to the gRPC listener.");
        _meter.CreateObservableGauge("varve.server.uptime", () => (time.GetUtcNow() - startedAt).TotalSeconds, "s", "Time since the daemon started.");
        var version = new KeyValuePair<string, object?>("version", ProductInfo.Version);
        _meter.CreateObservableGauge("varve.server.info", () => new Measurement<int>(1, version),
            description: "Always 1; the label has the version.");
        _callSeconds = _rpcMeter.CreateHistogram<double>(
            "varve.rpc.call.duration", "s", "Calls by method and status, from their headers to their status.");
        _callRequestBytes = _rpcMeter.CreateCounter<long>("varve.rpc.request.bytes", "By", "Bytes of request messages, as they arrived.");
        _callResponseBytes = _rpcMeter.CreateCounter<long>("varve.rpc.response.bytes", "By", "Bytes of response messages, as they were sent.");
    }

    public void Appended(int rowCount, long sizeBytes, TimeSpan elapsed)
    {
        _appendedRows.Add(rowCount);
        _appendedBytes.Add(sizeBytes);
        _appendSeconds.Record(elapsed.TotalSeconds);
    }

    public void RowsRead(int rowCount, long sizeBytes)
    {
        _readRows.Add(rowCount);
        _readBytes.Add(sizeBytes);
    }

    public void ReadOpened(bool isFollowing) => _reads.Add(1, new KeyValuePair<string, object?>("follow", isFollowing ? "true" : "false"));

    public void ReadClosed(bool isFollowing) => _reads.Add(-1, new KeyValuePair<string, object?>("follow", isFollowing ? "true" : "false"));

    /// <summary>The method is the path of one that exists, so that labels stay bounded; the status is gRPC's, by name.</summary>
    public void CallEnded(string method, string status, TimeSpan duration, long requestBytes, long responseBytes)
    {
        var methodTag = new KeyValuePair<string, object?>("method", method);
        _callSeconds.Record(duration.TotalSeconds, methodTag, new KeyValuePair<string, object?>("status", status));
        _callRequestBytes.Add(requestBytes, methodTag);
        _callResponseBytes.Add(responseBytes, methodTag);
    }

    public void Dispose()
    {
        _meter.Dispose();
        _rpcMeter.Dispose();
    }
}
