using Microsoft.Extensions.Logging;
using Varve.Rpc;
using Varve.Rpc.Server;
using Varve.Server.Metrics;
using Varve.Server.Security;

namespace Varve.Server.Hosting;

/// <summary>
/// Sees every gRPC call when it has ended: metrics, the access log at debug, and whatever nobody expected as an error with its stack.
/// </summary>
internal sealed class CallObserver(ServerMetrics metrics, ILoggerFactory loggers)
{
    private const string UnknownMethod = "unknown";

    private readonly ILogger _access = loggers.CreateLogger("Varve.Server.Access");
    private readonly ILogger _log = loggers.CreateLogger("Varve.Server");

    public void CallEnded(CallReport report)
    {
        string method = report.Call.Method?.Path ?? UnknownMethod;
        metrics.CallEnded(method, report.Code.ToString(), report.Duration, report.RequestBytes, report.ResponseBytes);
        if (_access.IsEnabled(LogLevel.Debug))
        {
            _access.LogDebug(
                "{Path} from {Peer} ({Caller}): {Status} after {ElapsedMs} ms, {RequestMessages} messages ({RequestBytes} bytes) in, "
                + "{ResponseMessages} ({ResponseBytes} bytes) out {Message}",
                report.Call.Path, report.Call.Peer, (report.Call.User as Caller)?.Name ?? "-", report.Code, report.Duration.TotalMilliseconds,
                report.RequestMessages, report.RequestBytes, report.ResponseMessages, report.ResponseBytes, report.Message);
        }

        if (report.Code is StatusCode.Unknown or StatusCode.DataLoss && report.Exception is not null)
            _log.LogError(report.Exception, "{Path} from {Peer} failed unexpectedly: {Message}", report.Call.Path, report.Call.Peer, report.Message);
    }
}
