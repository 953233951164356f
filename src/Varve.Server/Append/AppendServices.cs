using Microsoft.Extensions.Logging;
using Varve.Arrow.Ipc;
using Varve.Server.Configuration;
using Varve.Server.Metrics;
using Varve.Storage;

namespace Varve.Server.Append;

/// <summary>What every append of a daemon works with.</summary>
internal sealed record AppendServices(
    StorageEngine Engine,
    VarveServerOptions.AppendSection Limits,
    long MaxBatchBytes,
    ServerMetrics Metrics,
    ILogger Log,
    TimeProvider Time)
{
    /// <summary>
    /// What Arrow data from a client may make the daemon allocate: a message a little more than a batch may be, the dictionaries of a call as much.
    /// </summary>
    public IpcLimits IpcLimits { get; } = new()
    {
        MaxBodyBytes = MaxBatchBytes * 2,
        MaxDecompressedBodyBytes = MaxBatchBytes * 2,
        MaxDictionaryBytes = MaxBatchBytes,
    };
}
