namespace Varve.Query.Sessions;

/// <summary>
/// Stops the work of the current thread when a token is cancelled, and again and again until it has ended: an interrupt that comes the
/// moment before DuckDB begins is lost. Once disposed it stops nothing more, so that it cannot hit the connection's next statement.
/// </summary>
internal sealed class Interrupter : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenRegistration _registration;
    private ITimer? _repeat;

    /// <param name="time">Whose timers are used.</param>
    /// <param name="stop">May be called from any thread.</param>
    /// <param name="token">What asks for the stop.</param>
    public Interrupter(TimeProvider time, Action stop, CancellationToken token) => _registration = token.UnsafeRegister(
        _ =>
        {
            stop();
            _repeat = time.CreateTimer(_ => stop(), null, Every, Every);
        },
        null);

    public void Dispose()
    {
        // Both wait for a callback that is running.
        _registration.Dispose();
        _repeat?.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
