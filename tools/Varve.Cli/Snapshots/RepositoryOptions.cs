using System.CommandLine;
using Varve.Backup;
using Varve.Backup.Repositories;
using Varve.Cli.CommandLine;
using Varve.Storage;

namespace Varve.Cli.Snapshots;

/// <summary>Which repository a command is about, and where its key is. The variables stand in for options that are not given.</summary>
internal sealed class RepositoryOptions
{
    public const string RepositoryVariable = "VARVE_REPO";
    public const string KeyFileVariable = "VARVE_REPO_KEY_FILE";

    /// <summary>For the help alone: the command asks the daemon where it has no key.</summary>
    public bool AsksDaemonWithoutKey
    {
        init => _location.Description += value
            ? " Without a key for it, the daemon is asked: then this is one of the repositories that it is configured with, and the first one where none is given."
            : "";
    }

    private static readonly TimeSpan CommandTimeLimit = TimeSpan.FromMinutes(1);

    private readonly Option<string?> _location = new("--repo")
    {
        Description = "The repository: a directory, or s3://bucket/prefix?endpoint=URL&region=NAME. "
            + $"{RepositoryVariable} in the environment where it is not given.",
        HelpName = "DIR",
    };

    private readonly Option<string?> _keyFile = new("--repo-key-file")
    {
        Description = $"The repository's key in a file. {KeyFileVariable} in the environment where none of these is given.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _keyVariable = new("--repo-key-variable") { Description = "The same in an environment variable.", HelpName = "NAME" };

    private readonly Option<string?> _keyCommand = new("--repo-key-command") { Description = "The same as the output of a shell command.", HelpName = "COMMAND" };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_location, _keyFile, _keyVariable, _keyCommand])
            command.Options.Add(option);
    }

    /// <summary>Where the option says, if it says so.</summary>
    public string? Given(ParseResult parsed) => parsed.GetValue(_location);

    /// <summary>Whether the command can open the repository itself.</summary>
    public bool HasKey(ParseResult parsed) => parsed.GetValue(_keyVariable) is not null || parsed.GetValue(_keyCommand) is not null || KeyFile(parsed) is not null;

    /// <summary>Null where none is named.</summary>
    public string? Location(ParseResult parsed) =>
        parsed.GetValue(_location) ?? (Environment.GetEnvironmentVariable(RepositoryVariable) is { Length: > 0 } named ? named : null);

    private string? KeyFile(ParseResult parsed) =>
        parsed.GetValue(_keyFile) ?? (Environment.GetEnvironmentVariable(KeyFileVariable) is { Length: > 0 } file ? file : null);

    /// <param name="parsed">The command line.</param>
    /// <param name="cancellation">Ends the opening.</param>
    /// <param name="bytesPerSecondMax">0: no limit.</param>
    public async Task<SnapshotRepository> OpenAsync(ParseResult parsed, CancellationToken cancellation, long bytesPerSecondMax = 0)
    {
        string location = Location(parsed) ?? throw new CliException("say which repository: --repo DIR", exitCode: 2);
        RootKeySource key = parsed.GetValue(_keyVariable) is { } variable ? RootKeySource.FromVariable(variable)
            : parsed.GetValue(_keyCommand) is { } output ? RootKeySource.FromCommand(output, CommandTimeLimit)
            : KeyFile(parsed) is { } file ? RootKeySource.FromFile(file)
            : throw new CliException("say where the repository's key is: --repo-key-file FILE", exitCode: 2);
        if (!location.Contains("://", StringComparison.Ordinal) && !Directory.Exists(location))
            throw new CliException($"{location}: there is no such directory, so no repository");
        IRepository repository = await RepositoryLocation.OpenAsync(location, cancellation);
        if (bytesPerSecondMax > 0)
            repository = new LimitedRepository(repository, new RateLimit(bytesPerSecondMax, TimeProvider.System));
        return await SnapshotRepository.OpenAsync(repository, key, makes: false, cancellationToken: cancellation);
    }
}
