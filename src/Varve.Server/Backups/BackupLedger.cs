using Microsoft.Extensions.Logging;
using Varve.Backup;
using Varve.Backup.Journal;
using Varve.Server.Configuration;

namespace Varve.Server.Backups;

/// <summary>How the jobs of all repositories went; those that are rare are remembered over restarts. Any thread.</summary>
internal sealed class BackupLedger
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Repository, BackupJob Job), JobState> _jobs = [];
    private readonly JobJournal _journal;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <param name="options">Say which jobs there are: of others, what is remembered is forgotten.</param>
    /// <param name="time">Measures.</param>
    /// <param name="logger">Told where nothing can be remembered.</param>
    public BackupLedger(VarveServerOptions options, TimeProvider time, ILogger logger)
    {
        _journal = new JobJournal(Path.GetFullPath(options.Data.Directory));
        _time = time;
        _logger = logger;
        IReadOnlyList<string> repositories = BackupRules.Repositories(options.Backup);
        foreach (string repository in repositories)
        {
            foreach (BackupJob job in BackupRules.Jobs(options.Backup, repository))
                _jobs[(repository, job)] = JobState.None;
        }

        IReadOnlyDictionary<(string Repository, BackupJob Job), JobOutcome> earlier = _journal.Read(out string? problem);
        foreach (((string Repository, BackupJob Job) key, JobOutcome last) in earlier.Where(e => repositories.Contains(e.Key.Repository)))
            _jobs[key] = JobState.None with { Last = last };
        if (problem is not null)
            logger.LogWarning("How backups went before is not known any more: {Problem}", problem);
    }

    /// <summary>Of every job that is to be done by the clock, or was ever done.</summary>
    public IReadOnlyDictionary<(string Repository, BackupJob Job), JobState> All
    {
        get
        {
            lock (_gate)
                return new Dictionary<(string, BackupJob), JobState>(_jobs);
        }
    }

    public JobState Of(string repository, BackupJob job)
    {
        lock (_gate)
            return _jobs.GetValueOrDefault((repository, job), JobState.None);
    }

    /// <summary>
    /// Does a job and puts on record how it went. One that was called off, or met somebody else's work on the repository, has not run.
    /// </summary>
    /// <param name="repository">As the configuration names it.</param>
    /// <param name="job">What is done.</param>
    /// <param name="work">Does it; fails as it will.</param>
    /// <param name="judge">What of its result is put down: its bytes, and what is wrong, if anything is.</param>
    public async Task<T> RunAsync<T>(string repository, BackupJob job, Func<Task<T>> work, Func<T, (long Bytes, string? Problem)> judge)
    {
        (string Repository, BackupJob Job) key = (repository, job);
        DateTimeOffset startedAt = _time.GetUtcNow();
        long start = _time.GetTimestamp();
        Change(key, s => s with { IsRunning = true });
        try
        {
            T result = await work();
            (long bytes, string? problem) = judge(result);
            Ended(problem, bytes);
            return result;
        }
        catch (Exception e) when (e is not OperationCanceledException and not BackupException { Code: BackupErrorCode.Busy })
        {
            Ended(e.Message, 0);
            throw;
        }
        finally
        {
            Change(key, s => s with { IsRunning = false });
        }

        void Ended(string? problem, long bytes)
        {
            Change(key, s => s with
            {
                RunCount = s.RunCount + 1,
                FailureCount = s.FailureCount + (problem is null ? 0 : 1),
                TotalBytes = s.TotalBytes + bytes,
                Last = new JobOutcome
                {
                    StartedAt = startedAt,
                    Duration = _time.GetElapsedTime(start),
                    Error = problem,
                    Bytes = bytes,
                    LastSuccessAt = problem is null ? startedAt : s.Last?.LastSuccessAt,
                },
            });
            if (job != BackupJob.Archive)
                Write();
        }
    }

    private void Change((string Repository, BackupJob Job) key, Func<JobState, JobState> change)
    {
        lock (_gate)
            _jobs[key] = change(_jobs.GetValueOrDefault(key, JobState.None));
    }

    private void Write()
    {
        lock (_gate)
        {
            try
            {
                _journal.Write(_jobs.Where(j => j.Key.Job != BackupJob.Archive && j.Value.Last is not null).Select(j => (j.Key, j.Value.Last!)));
            }
            catch (IOException e)
            {
                _logger.LogWarning("How backups went is not known after a restart: {Reason}", e.Message);
            }
        }
    }
}
