namespace Varve.Storage.Tests;

/// <summary>A clock that stands still unless it is moved, in either direction. Timers run as they do.</summary>
internal sealed class ManualTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
