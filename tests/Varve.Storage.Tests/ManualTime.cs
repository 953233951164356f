namespace Varve.Storage.Tests;

/// <summary>
/// A clock that stands still unless it is moved, in either direction. Timestamps go on with it when it is moved forward, and never back. Timers run
/// as they do.
/// </summary>
internal sealed class ManualTime : TimeProvider
{
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private long _movedTicks;

    public DateTimeOffset Now
    {
        get => _now;
        set
        {
            Interlocked.Add(ref _movedTicks, Math.Max(0, (value - _now).Ticks));
            _now = value;
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => Interlocked.Read(ref _movedTicks);
}
