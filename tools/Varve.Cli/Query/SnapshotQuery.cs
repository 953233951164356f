using System.CommandLine;
using Varve.Backup;
using Varve.Cli.CommandLine;
using Varve.Cli.Output;
using Varve.Cli.Shell;
using Varve.Cli.Snapshots;
using Varve.Query;

namespace Varve.Cli.Query;

/// <summary>varve query --snapshot: a statement over a snapshot where it lies, without a daemon.</summary>
internal sealed class SnapshotQuery
{
    private const string Newest = "latest";

    private readonly Option<string?> _snapshot = new("--snapshot")
    {
        Description = "Ask this snapshot of --repo instead of a daemon, without restoring it: only what the statement needs is fetched. "
            + $"{Newest}: all that the repository has.",
        HelpName = "ID",
    };

    private readonly RepositoryOptions _repository = new();

    public void AddTo(Command command)
    {
        command.Options.Add(_snapshot);
        _repository.AddTo(command);
    }

    /// <exception cref="CliException">A repository is given, and no snapshot of it.</exception>
    public bool IsAsked(ParseResult parsed)
    {
        bool isAsked = parsed.GetValue(_snapshot) is not null;
        return isAsked || _repository.Given(parsed) is null ? isAsked : throw new CliException($"--repo goes with --snapshot ID, or {Newest}", exitCode: 2);
    }

    public async Task RunAsync(ParseResult parsed, string? sql, ShellState state, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(sql))
            throw new CliException("--snapshot needs the statement as an argument", exitCode: 2);
        if (state.View is not { MinPosition: null, AsOfPosition: null, AsOfTime: null, AsOfOffsets.Count: 0 })
            throw new CliException("--snapshot names the moment already: --min-position and --as-of-... do not go with it", exitCode: 2);
        string id = parsed.GetValue(_snapshot)!;
        string scratch = Directory.CreateTempSubdirectory("varve-snapshot-").FullName;
        try
        {
            await using SnapshotRepository snapshots = await _repository.OpenAsync(parsed, cancellation);
            await using SnapshotReader reader = await snapshots.OpenSnapshotAsync(
                new RestoreOptions { Directory = Path.Combine(scratch, "data"), SnapshotId = id == Newest ? null : id }, cancellation);
            long start = TimeProvider.System.GetTimestamp();
            using var engine = new QueryEngine(reader.Engine);
            await using QueryResult answer = await engine.ExecuteAsync(sql, cancellationToken: cancellation);
            await StatementRunner.PrintAsync(start, answer.Schema, answer.ReadAllAsync(cancellation), reader.Snapshot.Position, state, cancellation);
            if (state.ShowsPosition)
                await Console.Error.WriteLineAsync($"fetched {Quantity.Bytes(reader.FetchedBytes)} of segments");
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }
}
