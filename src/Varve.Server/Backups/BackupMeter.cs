using System.Diagnostics.Metrics;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Varve.Server.Backups;

/// <summary>How backups went, as the meter Varve.Backup. Any thread.</summary>
internal sealed class BackupMeter : IDisposable
{
    public const string MeterName = "Varve.Backup";

    private readonly Meter _meter;

    /// <param name="daemon">The scope of the meter.</param>
    /// <param name="ledger">Knows how they went.</param>
    /// <param name="schedules">Know how far the archive is.</param>
    public BackupMeter(object daemon, BackupLedger ledger, IReadOnlyList<RepositorySchedule> schedules)
    {
        _meter = new Meter(new MeterOptions(MeterName) { Version = ProductInfo.Version, Scope = daemon });
        _meter.CreateObservableCounter(
            "varve.backup.runs", () => Jobs(s => s.RunCount), "{run}", "Snapshots, prunings, drills and shippings of the log that ended, well or not.");
        _meter.CreateObservableCounter("varve.backup.failures", () => Jobs(s => s.FailureCount), "{run}", "Those of them that failed.");
        _meter.CreateObservableCounter(
            "varve.backup.bytes", () => Jobs(s => s.TotalBytes), "By", "What they added to the repository; prunings: took away; drills: restored.");
        _meter.CreateObservableGauge("varve.backup.failed", () => Jobs(s => s.Last?.Error is null ? 0 : 1), "{run}", "1 where the last one failed.");
        _meter.CreateObservableGauge("varve.backup.duration", () => Jobs(s => s.Last?.Duration.TotalSeconds ?? 0), "s", "How long the last one took.");
        _meter.CreateObservableGauge(
            "varve.backup.last_success", () => Jobs(s => s.Last?.LastSuccessAt?.ToUnixTimeSeconds() ?? 0), "s",
            "When the last one that went well began, since 1970; 0: never yet.");
        _meter.CreateObservableGauge("varve.backup.archive.lag", () => Lags(l => l.Age.TotalSeconds), "s", "How long ago all that was visible was archived.");
        _meter.CreateObservableGauge("varve.backup.archive.lag.bytes", () => Lags(l => l.Bytes), "By", "Bytes of the log that are not archived, about.");

        IEnumerable<Measurement<T>> Jobs<T>(Func<JobState, T> value)
            where T : struct => ledger.All.Select(j => new Measurement<T>(
                value(j.Value), new Tag("repository", j.Key.Repository), new Tag("job", j.Key.Job.ToString().ToLowerInvariant())));

        IEnumerable<Measurement<T>> Lags<T>(Func<ArchiveLag, T> value)
            where T : struct => schedules.Where(s => s.Shipping is not null)
                .Select(s => new Measurement<T>(value(s.Shipping!.Lag), new Tag("repository", s.Location)));
    }

    public void Dispose() => _meter.Dispose();
}
