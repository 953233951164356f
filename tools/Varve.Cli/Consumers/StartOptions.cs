using System.CommandLine;
using System.Globalization;
using Varve.Cli.CommandLine;
using Varve.Protocol.V1;

namespace Varve.Cli.Consumers;

/// <summary>Where a consumer begins.</summary>
internal sealed class StartOptions(bool isReset)
{
    private readonly Option<string?> _from = new("--from")
    {
        Description = "Begin at: earliest, latest, an offset, or position:N, behind what was visible at that log position"
            + (isReset ? "; or current, which only shuts out the members." : " (earliest where nothing is said)."),
        HelpName = "WHERE",
        Required = isReset,
    };

    public ConsumerStart? Last { get; private set; }

    public void AddTo(Command command) => command.Options.Add(_from);

    public void Remember(ParseResult parsed) => Last = Read(parsed);

    /// <exception cref="CliException">It is none.</exception>
    public ConsumerStart? Read(ParseResult parsed) => parsed.GetValue(_from) switch
    {
        null => null,
        "earliest" => new ConsumerStart { Earliest = true },
        "latest" => new ConsumerStart { Latest = true },
        "current" when isReset => new ConsumerStart { Current = true },
        { } text when text.StartsWith("position:", StringComparison.Ordinal) && Number(text["position:".Length..]) is { } position =>
            new ConsumerStart { AfterPosition = position },
        { } text when Number(text) is { } offset => new ConsumerStart { Offset = offset },
        { } text => throw new CliException($"--from is '{text}': expected earliest, latest, an offset or position:N", exitCode: 2),
    };

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
}
