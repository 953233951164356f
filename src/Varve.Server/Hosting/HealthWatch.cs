using Microsoft.Extensions.Logging;
using Varve.Rpc.Health;

namespace Varve.Server.Hosting;

/// <summary>
/// Tells the watchers of grpc.health.v1 when the node ceases to take appends, which the engine does by itself after a failed write. Looks once a
/// second.
/// </summary>
internal sealed class HealthWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly NodeHealth _health;
    private readonly HealthService _service;
    private readonly ILogger _log;
    private readonly ITimer _timer;
    private string? _told;

    public HealthWatch(NodeHealth health, HealthService service, ILogger log, TimeProvider time)
    {
        _health = health;
        _service = service;
        _log = log;
        _timer = time.CreateTimer(_ => Look(), null, Interval, Interval);
    }

    public void Look()
    {
        string? problem = _health.Problem;
        if (problem == Interlocked.Exchange(ref _told, problem))
            return;
        if (_health.IsFailed)
            _log.LogError("not ready: {Problem}", problem);
        _service.SetAll(problem is null ? ServiceHealth.Serving : ServiceHealth.NotServing);
    }

    public void Dispose() => _timer.Dispose();
}
