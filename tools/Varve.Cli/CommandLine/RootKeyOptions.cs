using System.CommandLine;
using Varve.Storage;

namespace Varve.Cli.CommandLine;

/// <summary>Where the root key of a data directory comes from; the same options on every command that opens one by itself.</summary>
internal sealed class RootKeyOptions
{
    private static readonly TimeSpan CommandTimeLimit = TimeSpan.FromMinutes(1);

    private readonly Option<string?> _file = new("--key-file")
    {
        Description = "The root key in a file; root.key in the data directory by default.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _variable = new("--key-variable") { Description = "The root key in an environment variable.", HelpName = "NAME" };

    private readonly Option<string?> _command = new("--key-command") { Description = "The root key as the output of a shell command.", HelpName = "COMMAND" };

    public void AddTo(Command command)
    {
        command.Options.Add(_file);
        command.Options.Add(_variable);
        command.Options.Add(_command);
    }

    /// <summary>Null: the file <c>root.key</c> in the data directory.</summary>
    public RootKeySource? Source(ParseResult parsed) => parsed.GetValue(_file) is { } key ? RootKeySource.FromFile(key)
        : parsed.GetValue(_variable) is { } variable ? RootKeySource.FromVariable(variable)
        : parsed.GetValue(_command) is { } output ? RootKeySource.FromCommand(output, CommandTimeLimit)
        : null;
}
