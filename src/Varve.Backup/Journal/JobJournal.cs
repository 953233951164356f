using System.Text.Json;
using Varve.Storage;
using Varve.Storage.FileSystem;

namespace Varve.Backup.Journal;

/// <summary>
/// Remembers over a restart how backups went: <c>backups.json</c> in the data directory, an array with an object for each job of each repository. It is a
/// convenience: where the file is missing or cannot be read, nothing is known, and the jobs begin anew. One thread at a time.
/// <code>
/// repository        as the configuration writes it
/// job               snapshot, prune, drill
/// started_at        of the last run, RFC 3339
/// duration_ms       of the last run
/// failed            whether it did. Why is not kept: reasons may name streams, and this file is not sealed
/// bytes             see <see cref="JobOutcome.Bytes"/>
/// last_success_at   of the last run that went well, RFC 3339; missing where none has
/// </code>
/// </summary>
/// <param name="directory">The data directory.</param>
public sealed class JobJournal(string directory)
{
    public const string FileName = "backups.json";

    /// <summary>The reason of a failure that happened before the start.</summary>
    public const string EarlierFailure = "it failed before the daemon was started; the reason is in the log of that time";

    private const int BytesMax = 1 << 20;

    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private string FilePath => Path.Combine(directory, FileName);

    /// <summary>What was written last.</summary>
    /// <param name="problem">Why nothing is known, although there is a file; else null.</param>
    public IReadOnlyDictionary<(string Repository, BackupJob Job), JobOutcome> Read(out string? problem)
    {
        problem = null;
        try
        {
            byte[]? content = WholeFile.Read(LinuxFileSystem.Instance, FilePath, BytesMax);
            IEnumerable<Entry?> entries = content is null ? [] : JsonSerializer.Deserialize<Entry?[]>(content, Options) ?? [];
            return entries.OfType<Entry>().Where(e => e.Repository is not null && Enum.TryParse<BackupJob>(e.Job, ignoreCase: true, out _))
                .DistinctBy(e => (e.Repository, e.Job))
                .ToDictionary(e => (e.Repository, Enum.Parse<BackupJob>(e.Job, ignoreCase: true)), e => e.ToOutcome());
        }
        catch (Exception e) when (e is JsonException or IOException or StorageException)
        {
            problem = $"{FilePath} cannot be read: {e.Message}";
            return new Dictionary<(string, BackupJob), JobOutcome>();
        }
    }

    /// <summary>Puts these in the place of what was there. Throws <see cref="IOException"/>.</summary>
    public void Write(IEnumerable<((string Repository, BackupJob Job) Key, JobOutcome Outcome)> outcomes)
    {
        Entry[] entries = [.. outcomes.Select(o => Entry.Of(o.Key.Repository, o.Key.Job, o.Outcome))];
        WholeFile.Write(LinuxFileSystem.Instance, FilePath, JsonSerializer.SerializeToUtf8Bytes(entries, Options));
    }

    private sealed record Entry(
        string Repository, string Job, DateTimeOffset StartedAt, double DurationMs, bool Failed, long Bytes, DateTimeOffset? LastSuccessAt)
    {
        public static Entry Of(string repository, BackupJob job, JobOutcome o) => new(
            repository, job.ToString().ToLowerInvariant(), o.StartedAt, Math.Round(o.Duration.TotalMilliseconds, 3), o.Error is not null, o.Bytes,
            o.LastSuccessAt);

        public JobOutcome ToOutcome() => new()
        {
            StartedAt = StartedAt,
            Duration = TimeSpan.FromMilliseconds(DurationMs),
            Error = Failed ? EarlierFailure : null,
            Bytes = Bytes,
            LastSuccessAt = LastSuccessAt,
        };
    }
}
