using Microsoft.Extensions.Logging;
using Varve.Query;
using Varve.Server.Backups;
using Varve.Server.Configuration;
using Varve.Server.Metrics;
using Varve.Server.Security;
using Varve.Storage;

namespace Varve.Server.Services;

/// <summary>What the daemon's services are made of. Lives as long as the daemon takes calls.</summary>
internal sealed record ServiceContext(
    StorageEngine Engine,
    QueryEngine Queries,
    VarveServerOptions Options,
    Authenticator Authenticator,
    ServerMetrics Metrics,
    StatementObserver Statements,
    NodeBackups Backups,
    BackupWatch BackupWatch,
    ILoggerFactory Loggers,
    TimeProvider Time,
    Func<long> ConnectionCount);
