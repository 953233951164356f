using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using Varve.Backup;
using Varve.Query;
using Varve.Rpc.Health;
using Varve.Rpc.Reflection;
using Varve.Rpc.Server;
using Varve.Server.Backups;
using Varve.Server.Configuration;
using Varve.Server.Errors;
using Varve.Server.Hosting;
using Varve.Server.Metrics;
using Varve.Server.Security;
using Varve.Server.Services;
using Varve.Storage;

namespace Varve.Server;

/// <summary>
/// The daemon: the storage engine, the query engine and the services on two ports, in this process. Started once, stopped once; any thread may ask
/// it.
/// </summary>
public sealed class VarveServer : IAsyncDisposable
{
    private readonly VarveServerOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly bool _ownsLoggers;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly NodeHealth _health = new();
    private readonly HealthService _healthService = new();
    private readonly Authenticator _authenticator;
    private readonly ServerCertificate? _certificate;
    private readonly MetricsCollector _collector;
    private readonly MeterProvider? _otlp;
    private readonly ServerMetrics _metrics;
    private readonly StatementObserver _statements;
    private readonly HealthWatch _healthWatch;
    private readonly HttpPages _pages;
    private readonly KestrelHost _host;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lazy<Task> _stop;
    private StorageEngine? _engine;
    private QueryEngine? _queries;
    private NodeBackups? _backups;
    private BackupLoop? _backupLoop;
    private BackupMeter? _backupMeter;
    private MemoryWatch? _memoryWatch;
    private volatile GrpcServer? _grpc;

    private VarveServer(VarveServerOptions options, ILoggerFactory? loggers, TimeProvider time)
    {
        _options = options;
        _time = time;
        _authenticator = TokensFile.Read(options.Auth.TokensFile);
        _certificate = ServerCertificate.Read(options.Tls);
        _ownsLoggers = loggers is null;
        _loggers = loggers ?? ServerLogging.Create(options.Log);
        _log = _loggers.CreateLogger<VarveServer>();
        _collector = new MetricsCollector(ServerMetrics.MeterNames, this, _loggers.CreateLogger<MetricsCollector>());
        _otlp = OtlpExport.Start(options.Metrics, ServerMetrics.MeterNames);
        _pages = new HttpPages(_health, _collector, _authenticator);
        _host = new KestrelHost(options, _certificate, _loggers, AnswerAsync);
        _metrics = new ServerMetrics(this, time, () => _host.ConnectionCount);
        _statements = new StatementObserver(this, options.Sql.SlowAfter, _loggers.CreateLogger("Varve.Server.Sql"), time);
        _healthWatch = new HealthWatch(_health, _healthService, _log, time);
        _stop = new Lazy<Task>(StopOnceAsync);
    }

    /// <summary>Where gRPC, Flight and Flight SQL are served, with the port that the system chose where 0 was asked for.</summary>
    public IPEndPoint GrpcEndpoint => _host.Grpc;

    /// <summary>Where health, readiness and metrics are served.</summary>
    public IPEndPoint HttpEndpoint => _host.Http;

    /// <summary>The engine, for use in the same process.</summary>
    public StorageEngine Engine => _engine!;

    /// <summary>SQL, for use in the same process.</summary>
    public QueryEngine Queries => _queries!;

    /// <summary>
    /// Starts a daemon. The ports are taken first: while a long log is read, liveness is answered, readiness says why not yet, and calls get
    /// UNAVAILABLE.
    /// </summary>
    /// <param name="options">Not changed by the caller from here on.</param>
    /// <param name="loggers">Stays the caller's; null: standard error, as <see cref="VarveServerOptions.Log"/> says.</param>
    /// <param name="time">Null: the system's.</param>
    /// <param name="cancellationToken">Calls the start off.</param>
    /// <exception cref="StartupException">It cannot start; nothing is left open. The message says what to do.</exception>
    public static async Task<VarveServer> StartAsync(
        VarveServerOptions options, ILoggerFactory? loggers = null, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        if (SettingRules.Contradictions(options).ToArray() is { Length: > 0 } problems)
            throw new StartupException(StartupErrorCode.Configuration, string.Join("; ", problems));
        var server = new VarveServer(options, loggers, time ?? TimeProvider.System);
        try
        {
            await server.StartAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Stops: streaming calls end with UNAVAILABLE, appends that were taken are finished and answered, the log is closed. Calls that are not done
    /// within
    /// <see cref="VarveServerOptions.ShutdownSection.DrainTimeout"/> are cut off. Further calls wait for the same stop.
    /// </summary>
    public Task StopAsync() => _stop.Value;

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await _host.StartAsync(cancellationToken);
        var memory = MemoryPlan.Of(_options, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        memory.LimitHeap();
        if (memory.IsEnforced)
            _memoryWatch = new MemoryWatch(memory.LimitBytes, () => _queries?.EndOldestStatement() ?? false, _loggers.CreateLogger<MemoryWatch>());
        _engine = await DataStart.OpenEngineAsync(_options, memory, _loggers, _time, cancellationToken);
        _queries = DataStart.OpenQueries(_engine, _options, memory, _time);
        ILogger backupLog = _loggers.CreateLogger("Varve.Server.Backup");
        BackupLedger ledger = new(_options, _time, backupLog);
        _backups = new NodeBackups(_engine, _options, ledger, _time, backupLog);
        _backupLoop = new BackupLoop(_engine, _backups, ledger, _options.Backup, _time, backupLog);
        _backupMeter = new BackupMeter(this, ledger, _backupLoop.Schedules);
        BackupWatch watch = new(_backupLoop.Schedules, ledger, _options.Backup);
        var context = new ServiceContext(
            _engine, _queries, _options, _authenticator, _metrics, _statements, _backups, watch, _loggers, _time, () => _host.ConnectionCount);
        _grpc = CreateGrpc(context);
        if (BackupRules.Repositories(_options.Backup).Count > 0)
            DrillScratch.Sweep(BackupRules.ScratchDirectory(_options), backupLog);
        _backupLoop.Start();
        _health.Opened(_engine, () => watch.Warnings);
        _healthWatch.Look();
        if (_options.Listen.Insecure)
        {
            _log.LogWarning("insecure: whoever reaches the listeners may read and write everything, "
                + "and what goes over the network may be read on its way");
        }

        _log.LogInformation("varve {Version} serves {Directory}: gRPC and Flight on {Grpc}, health and metrics on {Http}",
            ProductInfo.Version, Path.GetFullPath(_options.Data.Directory), GrpcEndpoint, HttpEndpoint);
    }

    /// <summary>The largest request of a method that takes no rows: SQL may be long, all else is short.</summary>
    private const long RequestBytesMax = 16L << 20;

    private GrpcServer CreateGrpc(ServiceContext context)
    {
        var server = new GrpcServer(new GrpcServerOptions
        {
            MaxReceiveMessageBytes = (int)Math.Min(_options.Rpc.MaxMessageBytes, RequestBytesMax),
            Stopping = _stopping.Token,
            Authenticate = new CallAuthentication(_authenticator).AuthenticateAsync,
            CallEnded = new CallObserver(_metrics, _loggers).CallEnded,
            MapException = ErrorMapper.Map,
            Time = _time,
        });
        foreach (IService service in ServiceList.Create(context))
            service.Map(server);
        _healthService.AddTo(server);
        ReflectionService.AddTo(server);
        foreach (string service in server.Files.SelectMany(f => f.Services).Select(s => s.FullName))
            _healthService.Set(service, ServiceHealth.Serving);
        return server;
    }

    private Task AnswerAsync(HttpContext http, ListenerRole role)
    {
        if (role == ListenerRole.Http)
            return _pages.AnswerAsync(http);
        return _grpc is { } grpc ? grpc.InvokeAsync(http) : NotStarted.AnswerAsync(http, _health.Problem);
    }

    private async Task StopOnceAsync()
    {
        _health.Stopping();
        _healthWatch.Look();
        await _stopping.CancelAsync();
        await _host.StopAsync(_options.Shutdown.DrainTimeout);
        if (_backupLoop is not null)
            await _backupLoop.StopAsync();
        _queries?.Dispose();
        if (_engine is not null)
            await _engine.DisposeAsync();
        if (_backupLoop is not null)
            await _backupLoop.DisposeAsync();
        _backupMeter?.Dispose();
        _backups?.Dispose();
        _memoryWatch?.Dispose();
        _healthWatch.Dispose();
        _otlp?.Dispose();
        _metrics.Dispose();
        _statements.Dispose();
        _collector.Dispose();
        await _host.DisposeAsync();
        _certificate?.Dispose();
        _stopping.Dispose();
        if (_engine is not null)
            _log.LogInformation("stopped");
        if (_ownsLoggers)
            _loggers.Dispose();
    }
}
