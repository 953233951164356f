using System.CommandLine;
using System.Globalization;
using Varve.Cli.CommandLine;

namespace Varve.Cli.Snapshots;

/// <summary>Which snapshot is restored, and up to which moment.</summary>
internal sealed class MomentOptions
{
    private readonly Option<string?> _snapshot = new("--snapshot")
    {
        Description = "Which one; the newest, or the newest up to --at, where this is not given.",
        HelpName = "ID",
    };

    private readonly Option<string?> _at = new("--at")
    {
        Description = "A log position, or a time as 2026-11-28T01:52:26Z: everything up to there, and nothing behind.",
        HelpName = "TIME|POSITION",
    };

    private readonly Option<string?> _atOffset = new("--at-offset")
    {
        Description = "To a directory: everything up to the moment before that stream went beyond that offset; batches stay whole. With --as: only the rows "
            + "before it, exactly. Where one --stream is given, the number is enough.",
        HelpName = "STREAM=N",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_snapshot);
        command.Options.Add(_at);
        command.Options.Add(_atOffset);
    }

    public string? Snapshot(ParseResult parsed) => parsed.GetValue(_snapshot);

    public (long? Position, DateTimeOffset? Time) At(ParseResult parsed)
    {
        if (parsed.GetValue(_at) is not { } at)
            return (null, null);
        if (long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out long position))
            return (position, null);
        return DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? (null, time)
            : throw new CliException($"--at is '{at}': expected a log position, or a time such as 2026-11-28T01:52:26Z", exitCode: 2);
    }

    /// <param name="parsed">The command line.</param>
    /// <param name="streams">Those that are asked for.</param>
    public (string Stream, long End)? AtOffset(ParseResult parsed, IReadOnlyList<string> streams)
    {
        if (parsed.GetValue(_atOffset) is not { } text)
            return null;
        return streams.Count == 1 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long end)
            ? (streams[0], end)
            : ViewText.Offset(_atOffset.Name, text);
    }
}
