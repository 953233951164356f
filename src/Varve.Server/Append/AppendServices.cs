using Microsoft.Extensions.Logging;
using Varve.Server.Configuration;
using Varve.Server.Metrics;
using Varve.Storage;

namespace Varve.Server.Append;

/// <summary>What every Append call of a daemon works with.</summary>
internal sealed record AppendServices(
    StorageEngine Engine,
    VarveServerOptions.AppendSection Limits,
    long MaxBatchBytes,
    ServerMetrics Metrics,
    ILogger Log,
    TimeProvider Time);
