using Google.Protobuf.WellKnownTypes;
using Varve.Protocol.V1;
using Varve.Query;
using Varve.Rpc.Server;
using Varve.Server.Backups;
using Varve.Server.Configuration;
using Varve.Server.Metrics;
using Varve.Storage;

namespace Varve.Server.Services;

/// <summary>varve.v1.Admin. Stateless: any number of calls at once.</summary>
internal sealed class AdminService(
    StorageEngine engine,
    StatementObserver statements,
    BackupWatch backups,
    VarveServerOptions options,
    TimeProvider time,
    Func<long> connectionCount) : IService
{
    /// <summary>A status stays short, however damaged the disk is.</summary>
    private const int DamageMax = 100;

    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    public void Map(GrpcServer server) => server.AddUnary<GetStatusRequest, GetStatusResponse>(
        AdminReflection.Descriptor.Services.Single(s => s.Name == "Admin").FindMethodByName("GetStatus"), (_, _) => Task.FromResult(Status()));

    private GetStatusResponse Status()
    {
        StorageStatistics statistics = engine.Statistics;
        Exception? stop = engine.StopReason;
        Exception? shortage = engine.Shortage;
        NodeState state = stop is not null ? NodeState.Stopped : shortage is not null ? NodeState.DiskFull : NodeState.Accepting;

        // Read in this order, each is at most the next, whatever happens meanwhile.
        LogPosition visible = engine.VisibleUpTo;
        LogPosition durable = engine.DurableUpTo;
        LogPosition appended = engine.AppendedUpTo;
        return new GetStatusResponse
        {
            Version = ProductInfo.Version,
            NodeId = engine.NodeId.ToString(),
            StartedAt = Timestamp.FromDateTimeOffset(_startedAt),
            Uptime = Duration.FromTimeSpan(time.GetUtcNow() - _startedAt),
            DataDirectory = Path.GetFullPath(options.Data.Directory),
            Accepting = state == NodeState.Accepting,
            StopReason = (stop ?? shortage)?.Message ?? "",
            State = state,
            CheckedBytes = statistics.CheckedByteCount,
            LastFullCheck = statistics.LastFullCheckAt is { } at ? Timestamp.FromDateTimeOffset(at) : null,
            Damage = { engine.Damage.Take(DamageMax).Select(CheckCalls.ToWire) },
            VisibleUpTo = visible.Value,
            DurableUpTo = durable.Value,
            AppendedUpTo = appended.Value,
            StreamCount = statistics.StreamCount,
            RowCount = statistics.RowCount,
            TailBytes = statistics.TailBytes,
            TailLimitBytes = statistics.TailLimitBytes,
            LogBytes = statistics.LogBytes,
            ProcessMemoryBytes = Environment.WorkingSet,
            ActiveQueries = statements.ActiveCount,
            Connections = connectionCount(),
            MemoryLimitBytes = options.Memory.LimitBytes ?? 0,
            SegmentCount = statistics.SegmentCount,
            SegmentBytes = statistics.SegmentBytes,
            Repositories = { backups.Status().Select(BackupText.Describe) },
            Components = { ["dotnet"] = Environment.Version.ToString(), ["duckdb"] = QueryEngine.SqlEngineVersion },
        };
    }
}
