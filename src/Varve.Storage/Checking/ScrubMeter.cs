using System.Diagnostics.Metrics;

namespace Varve.Storage.Checking;

/// <summary>What the check in the background has done, for status and as metrics of the meter <c>Varve.Storage</c>. The scrubber tells; any thread reads.</summary>
internal sealed class ScrubMeter
{
    private readonly Tally _bytes;
    private volatile IReadOnlyList<Damage> _damage = [];
    private long _passCount;
    private long _lastFullCheckTicks;

    public ScrubMeter(Meter meter)
    {
        _bytes = new Tally(meter, "varve.storage.check.bytes", "By", "Bytes that the check in the background has read");
        meter.CreateObservableCounter("varve.storage.check.passes", () => Volatile.Read(ref _passCount), "{pass}", "Times that it has verified everything");
        meter.CreateObservableGauge(
            "varve.storage.check.damage", () => _damage.Count, "{place}", "Damaged places that its last full pass found");
        meter.CreateObservableGauge(
            "varve.storage.check.last", () => LastFullCheckAt?.ToUnixTimeSeconds() ?? 0, "s", "When its last full pass ended, since 1970; 0: never yet");
    }

    /// <summary>What the last full pass found.</summary>
    public IReadOnlyList<Damage> Damage => _damage;

    public long ByteCount => _bytes.Total;

    /// <summary>When the last full pass ended; null: none has yet.</summary>
    public DateTimeOffset? LastFullCheckAt =>
        Interlocked.Read(ref _lastFullCheckTicks) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    public void Read(int bytes) => _bytes.Add(bytes);

    public void Finished(CheckReport report, DateTimeOffset at)
    {
        _damage = report.Damage;
        Interlocked.Exchange(ref _lastFullCheckTicks, at.UtcTicks);
        Volatile.Write(ref _passCount, _passCount + 1);
    }
}
