using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using Spectre.Console;
using Varve.Cli.Output;
using Varve.Protocol.V1;
using Varve.Server.Configuration;

namespace Varve.Cli.Snapshots;

/// <summary>How backups are, for people and for programs.</summary>
internal static class BackupPrinter
{
    /// <summary>Whether something failed, or the archive is too far behind.</summary>
    public static bool IsBad(RepositoryStatus repository) => repository.Lag?.Alarm == true || repository.Jobs.Any(j => j.Error.Length > 0);

    public static void PrintSchedule(IReadOnlyList<RepositoryStatus> repositories)
    {
        Table table = Terminal.Table("repository", "what", "set", "last", "next");
        foreach (RepositoryStatus repository in repositories)
        {
            string name = Markup.Escape(repository.Repository);
            foreach (BackupJobStatus job in repository.Jobs)
            {
                table.AddRow(name, Name(job.Kind), Markup.Escape(Set(repository, job.Kind)), Last(repository, job), Next(job));
                name = "";
            }

            if (repository.Jobs.Count == 0)
                table.AddRow(name, "", "nothing by the clock", "", "");
        }

        AnsiConsole.Write(table);
    }

    /// <summary>A line for each job, as the status shows them.</summary>
    public static IEnumerable<(string Name, string Text)> Lines(RepositoryStatus repository) =>
        repository.Jobs.Select(j => ($"{Name(j.Kind)} in {Markup.Escape(repository.Repository)}", $"{Last(repository, j)}{(j.NextDue is null ? "" : ", next " + Next(j))}"));

    public static JsonObject ToJson(RepositoryStatus r) => new()
    {
        ["repository"] = r.Repository,
        ["every"] = Show(r.Every),
        ["keep"] = r.Keep.Length > 0 ? r.Keep : null,
        ["archive"] = Show(r.Archive),
        ["drill_every"] = Show(r.DrillEvery),
        ["jobs"] = new JsonObject(r.Jobs.Select(j => KeyValuePair.Create(Name(j.Kind), (JsonNode?)ToJson(j)))),
        ["archive_lag"] = r.Lag is { } lag
            ? new JsonObject
            {
                ["archived_up_to"] = lag.HasArchivedUpTo ? lag.ArchivedUpTo : null,
                ["positions"] = lag.HasPositions ? lag.Positions : null,
                ["bytes"] = lag.Bytes,
                ["seconds"] = Math.Round(lag.Age.ToTimeSpan().TotalSeconds, 3),
                ["alarm"] = lag.Alarm,
            }
            : null,
    };

    private static JsonObject ToJson(BackupJobStatus j) => new()
    {
        ["running"] = j.Running,
        ["last_started"] = Time(j.LastStarted),
        ["last_duration_seconds"] = j.LastDuration is { } took ? Math.Round(took.ToTimeSpan().TotalSeconds, 3) : null,
        ["error"] = j.Error.Length > 0 ? j.Error : null,
        ["last_success"] = Time(j.LastSuccess),
        ["bytes"] = j.Bytes,
        ["runs"] = j.Runs,
        ["failures"] = j.Failures,
        ["next_due"] = Time(j.NextDue),
    };

    private static string Name(BackupJobKind kind) => kind.ToString().ToLowerInvariant();

    private static string? Time(Timestamp? time) => time is null ? null : JsonText.Time(time);

    private static string? Show(Duration? value) => value is null ? null : DurationText.Show(value.ToTimeSpan());

    private static string Set(RepositoryStatus r, BackupJobKind kind) => kind switch
    {
        BackupJobKind.Snapshot when r.Every is { } every => $"every {Show(every)}",
        BackupJobKind.Prune when r.Every is not null && r.Keep.Length > 0 => $"keep {r.Keep}",
        BackupJobKind.Archive when r.Archive is { } every => $"every {Show(every)}",
        BackupJobKind.Drill when r.DrillEvery is { } every => $"every {Show(every)}",
        _ => "when asked",
    };

    private static string Last(RepositoryStatus r, BackupJobStatus j)
    {
        string running = j.Running ? "running; " : "";
        string lag = j.Kind == BackupJobKind.Archive && r.Lag is { } l ? Lag(l) : "";
        if (j.Error.Length > 0)
            return $"{running}[red]failed[/] {At(j.LastStarted)}: {Markup.Escape(j.Error)}{lag}";
        return j.LastStarted is null ? $"{running}none yet{lag}" : $"{running}[green]ok[/] {At(j.LastStarted)}, {Amount(j)}took {Quantity.Duration(j.LastDuration.ToTimeSpan())}{lag}";
    }

    private static string Lag(ArchiveLag lag)
    {
        string text = lag.HasPositions && lag.Positions == 0 ? "" : $"; {Quantity.Duration(lag.Age.ToTimeSpan())} and {Quantity.Bytes(lag.Bytes)} behind";
        return lag.Alarm ? $"[red]{text}[/]" : text;
    }

    private static string Amount(BackupJobStatus j) => j.Kind switch
    {
        BackupJobKind.Prune => $"{Quantity.Bytes(j.Bytes)} removed, ",
        BackupJobKind.Drill => $"{Quantity.Bytes(j.Bytes)} restored, ",
        _ => $"{Quantity.Bytes(j.Bytes)} added, ",
    };

    private static string At(Timestamp? time) => time is null ? "" : time.ToDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");

    private static string Next(BackupJobStatus j) => j.NextDue is null ? "" : At(j.NextDue);
}
