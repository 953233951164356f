using Microsoft.Extensions.Logging;
using Varve.Arrow.Ipc;
using Varve.Rpc.Server;
using Varve.Server.Calls;
using Varve.Server.Configuration;
using Varve.Server.Metrics;
using Varve.Storage;

namespace Varve.Server.Append;

/// <summary>What every append of a daemon works with.</summary>
internal sealed record AppendServices(
    StorageEngine Engine,
    VarveServerOptions.AppendSection Limits,
    long MaxBatchBytes,
    long MaxMessageBytes,
    CallMemory Memory,
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

    /// <summary>
    /// What dictionaries may be written out to: the places of the values take 4 bytes for each, next to the values themselves, which may be as short
    /// as 1.
    /// </summary>
    public long FlattenBytesMax { get; } = MaxBatchBytes * 4;

    /// <summary>Of the methods that take rows: their messages may be larger than those of others.</summary>
    public ServerMethodOptions MethodOptions { get; } = new() { MaxReceiveMessageBytes = (int)MaxMessageBytes };
}
