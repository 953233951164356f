namespace Varve.Storage.Tests.Consumers;

/// <summary>A clock that stands still until it is moved on, with timers that run when it passes them. Any thread.</summary>
internal sealed class StepTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<StepTimer> _timers = [];
    private TimeSpan _passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) + Passed;

    public override long GetTimestamp() => Passed.Ticks;

    private TimeSpan Passed
    {
        get
        {
            lock (_gate)
                return _passed;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        StepTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        lock (_gate)
            _timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        StepTimer[] due;
        lock (_gate)
        {
            _passed += by;
            due = [.. _timers.Where(t => t.IsDue(_passed))];
        }

        foreach (StepTimer timer in due)
            timer.Ring();
    }

    private sealed class StepTimer(StepTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan? _due;
        private TimeSpan _period;

        public bool IsDue(TimeSpan now) => _due <= now;

        public void Ring()
        {
            lock (time._gate)
                _due = _period > TimeSpan.Zero ? time._passed + _period : null;
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                _due = dueTime < TimeSpan.Zero ? null : time._passed + dueTime;
                _period = period;
            }

            return true;
        }

        public void Dispose()
        {
            lock (time._gate)
            {
                _due = null;
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
