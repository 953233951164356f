using Varve.Backup.Journal;
using Varve.Testing;

namespace Varve.Backup.Tests.Drill;

public sealed class JobJournalTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 11, 28, 1, 52, 26, TimeSpan.Zero);

    private readonly TempDirectory _directory = new("journal");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Outcomes_are_read_as_they_were_written_and_reasons_are_not_kept()
    {
        JobJournal journal = new(_directory.Path);
        Assert.Empty(journal.Read(out string? problem));
        Assert.Null(problem);
        JobOutcome well = new() { StartedAt = At, Duration = TimeSpan.FromMilliseconds(1500), Bytes = 7, LastSuccessAt = At };
        JobOutcome failed = new() { StartedAt = At.AddDays(1), Duration = TimeSpan.Zero, Error = "stream 'secret' differs" };
        journal.Write([(("/a", BackupJob.Snapshot), well), (("/a", BackupJob.Drill), failed)]);
        Assert.DoesNotContain("secret", File.ReadAllText(_directory.File(JobJournal.FileName)), StringComparison.Ordinal);
        IReadOnlyDictionary<(string Repository, BackupJob Job), JobOutcome> read = journal.Read(out problem);
        Assert.Null(problem);
        Assert.Equal(well, read[("/a", BackupJob.Snapshot)]);
        Assert.Equal(failed with { Error = JobJournal.EarlierFailure }, read[("/a", BackupJob.Drill)]);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"a\": 1}")]
    [InlineData("[{\"repository\": 1}]")]
    public void A_file_that_cannot_be_read_is_told_and_nothing_is_known(string content)
    {
        File.WriteAllText(_directory.File(JobJournal.FileName), content);
        Assert.Empty(new JobJournal(_directory.Path).Read(out string? problem));
        Assert.Contains(JobJournal.FileName, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[null]")]
    [InlineData("[{}]")]
    [InlineData("[{\"repository\": \"/a\", \"job\": \"dance\"}]")]
    public void Entries_that_say_nothing_are_left_out(string content)
    {
        File.WriteAllText(_directory.File(JobJournal.FileName), content);
        Assert.Empty(new JobJournal(_directory.Path).Read(out string? problem));
        Assert.Null(problem);
    }
}
