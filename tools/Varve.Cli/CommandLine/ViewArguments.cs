using System.CommandLine;
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
        AsOfTime = parsed.GetValue(_asOfTime) is { } time ? ViewText.Time("--as-of-time", time) : null,
        AsOfOffsets = (parsed.GetValue(_asOfOffset) ?? []).Select(o => ViewText.Offset("--as-of-offset", o)).ToDictionary(o => o.Stream, o => o.End),
    };
}
