using System.CommandLine;
using Varve.Cli.CommandLine;

namespace Varve.Cli.Snapshots;

/// <summary>How fast a repository may be read or written.</summary>
internal sealed class LimitOption
{
    private readonly Option<string?> _limit = new("--limit")
    {
        Description = "So many bytes a second at most, on average, such as 20MB/s or 500KiB/s.",
        HelpName = "RATE",
    };

    public void AddTo(Command command) => command.Options.Add(_limit);

    /// <summary>0: no limit.</summary>
    public long Read(ParseResult parsed) => parsed.GetValue(_limit) is { } text ? QuantityText.Rate(_limit.Name, text) : 0;
}
