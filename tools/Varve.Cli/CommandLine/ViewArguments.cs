using System.CommandLine;
using System.Globalization;
using Varve.Client;

namespace Varve.Cli.CommandLine;

/// <summary>What a command that reads wants to see of the streams: at least a position, or a moment of the past.</summary>
internal sealed class ViewArguments
{
    private readonly Option<long?> _minPosition = new("--min-position")
    {
        Description = "Wait until everything at or below this log position is visible, such as that of an append's acknowledgement.",
        HelpName = "N",
    };

    private readonly Option<long?> _asOfPosition = new("--as-of-position")
    {
        Description = "Read the streams as they were at this log position.",
        HelpName = "N",
    };

    private readonly Option<string?> _asOfTime = new("--as-of-time")
    {
        Description = "Read only rows that were accepted until this time, such as 2026-01-31T12:00:00Z.",
        HelpName = "TIME",
    };

    private readonly Option<string[]> _asOfOffset = new("--as-of-offset")
    {
        Description = "Read only the rows of a stream before this offset; may be given for several streams.",
        HelpName = "STREAM=N",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_minPosition);
        command.Options.Add(_asOfPosition);
        command.Options.Add(_asOfTime);
        command.Options.Add(_asOfOffset);
    }

    public ViewOptions Read(ParseResult parsed) => new()
    {
        MinPosition = parsed.GetValue(_minPosition),
        AsOfPosition = parsed.GetValue(_asOfPosition),
        AsOfTime = parsed.GetValue(_asOfTime) is { } time ? Time(time) : null,
        AsOfOffsets = (parsed.GetValue(_asOfOffset) ?? []).Select(Offset).ToDictionary(o => o.Stream, o => o.End),
    };

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time
            : throw new CliException($"--as-of-time '{text}' is no time such as 2026-01-31T12:00:00Z", exitCode: 2);

    private static (string Stream, long End) Offset(string text)
    {
        int at = text.LastIndexOf('=');
        return at > 0 && long.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long end)
            ? (text[..at], end)
            : throw new CliException($"--as-of-offset '{text}' is not STREAM=N", exitCode: 2);
    }
}
