using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Varve.Cli.CommandLine;
using Varve.Protocol.V1;

namespace Varve.Cli.Consumers;

/// <summary>The options of a consumer's settings.</summary>
internal sealed class ConsumerSettingsOptions
{
    private readonly Option<string?> _ackTimeout = new("--ack-timeout")
    {
        Description = "Rows that are not acknowledged within this are delivered again, such as 30s or 5m (30s where nothing is said).",
        HelpName = "TIME",
    };

    private readonly Option<string?> _deadLetters = new("--dead-letters")
    {
        Description = "The stream for rows that nobody could process, made where it does not exist; none: rows are delivered for ever.",
        HelpName = "STREAM",
    };

    private readonly Option<int?> _deliveries = new("--max-deliveries")
    {
        Description = "After so many deliveries that failed a row goes to the dead letters (5 where nothing is said).",
        HelpName = "N",
    };

    private readonly Option<int?> _inFlight = new("--max-in-flight")
    {
        Description = "Rows that may be with members at a time (65536 where nothing is said).",
        HelpName = "ROWS",
    };

    private ParseResult? _last;

    public void AddTo(Command command)
    {
        command.Options.Add(_ackTimeout);
        command.Options.Add(_deadLetters);
        command.Options.Add(_deliveries);
        command.Options.Add(_inFlight);
    }

    public void Remember(ParseResult parsed) => _last = parsed;

    public ConsumerSettings ReadLast(ConsumerSettings otherwise) => Read(_last!, otherwise);

    /// <summary>What was said, and what was not as it is.</summary>
    public ConsumerSettings Read(ParseResult parsed, ConsumerSettings otherwise)
    {
        ConsumerSettings settings = otherwise.Clone();
        if (parsed.GetValue(_ackTimeout) is { } timeout)
            settings.AckTimeout = Duration.FromTimeSpan(QuantityText.Age(_ackTimeout.Name, timeout));
        if (parsed.GetValue(_deadLetters) is { } stream)
        {
            settings.DeadLetterStream = stream == "none" ? "" : stream;
            settings.MaxDeliveries = stream == "none" ? 0 : settings.MaxDeliveries;
        }

        settings.MaxDeliveries = parsed.GetValue(_deliveries) ?? settings.MaxDeliveries;
        settings.MaxInFlightRows = parsed.GetValue(_inFlight) ?? settings.MaxInFlightRows;
        return settings;
    }
}
