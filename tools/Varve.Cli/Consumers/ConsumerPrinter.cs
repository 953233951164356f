using System.Text.Json.Nodes;
using Spectre.Console;
using Varve.Cli.Output;
using Varve.Protocol.V1;

namespace Varve.Cli.Consumers;

/// <summary>Shows consumers to people and, as JSON, to programs.</summary>
internal static class ConsumerPrinter
{
    public static void PrintList(IReadOnlyList<Protocol.V1.Consumer> consumers)
    {
        Table table = Terminal.Table("stream", "consumer", "offset", "behind", "with members", "to retry", "dead", "missed", "members");
        foreach (int right in (int[])[2, 3, 4, 5, 6, 7, 8])
            table.Columns[right].RightAligned();
        foreach (Protocol.V1.Consumer c in consumers)
        {
            table.AddRow(
                Markup.Escape(c.Stream),
                Markup.Escape(c.Name),
                Quantity.Count(c.Offset),
                Quantity.Count(c.LagRows),
                Quantity.Count(c.LeasedRows),
                Quantity.Count(c.RetriedRows),
                Quantity.Count(c.DeadRows),
                Quantity.Count(c.MissedRows),
                Quantity.Count(c.Members.Count));
        }

        AnsiConsole.Write(table);
    }

    public static void Print(Protocol.V1.Consumer c)
    {
        Table facts = Terminal.Table("consumer", Markup.Escape($"{c.Name} of stream {c.Stream}"));
        facts.AddRow("offset", $"{Quantity.Count(c.Offset)}, begun at {Quantity.Count(c.StartOffset)} (epoch {c.Epoch})");
        facts.AddRow("behind", $"{Quantity.Count(c.LagRows)} rows of {Quantity.Count(c.EndOffset)}");
        facts.AddRow("acknowledged", $"{Quantity.Count(c.AcknowledgedRows)} rows");
        facts.AddRow("with members", $"{Quantity.Count(c.LeasedRows)} rows: {Markup.Escape(string.Join(", ", c.Members))}");
        facts.AddRow("to retry", $"{Quantity.Count(c.RetriedRows)} rows; {Quantity.Count(c.FailedRows)} deliveries failed");
        facts.AddRow("dead letters", $"{Quantity.Count(c.DeadRows)} rows {Markup.Escape(c.DeadLetterProblem)}");
        facts.AddRow("missed", $"{Quantity.Count(c.MissedRows)} rows");
        facts.AddRow("settings", Markup.Escape(Settings(c.Settings)));
        AnsiConsole.Write(facts);
    }

    public static void PrintJson(Protocol.V1.Consumer consumer) => JsonText.Print(ToJson(consumer));

    public static void PrintJson(IEnumerable<Protocol.V1.Consumer> consumers) => JsonText.Print(new JsonArray([.. consumers.Select(ToJson)]));

    private static string Settings(ConsumerSettings settings)
    {
        string dead = settings.DeadLetterStream.Length == 0 ? "rows are delivered for ever"
            : $"after {settings.MaxDeliveries} deliveries to stream {settings.DeadLetterStream}";
        return $"{settings.AckTimeout.ToTimeSpan().TotalSeconds} s to acknowledge; {dead}; {settings.MaxInFlightRows} rows in flight";
    }

    private static JsonObject ToJson(Protocol.V1.Consumer c) => new()
    {
        ["stream"] = c.Stream,
        ["name"] = c.Name,
        ["epoch"] = c.Epoch,
        ["start_offset"] = c.StartOffset,
        ["offset"] = c.Offset,
        ["end_offset"] = c.EndOffset,
        ["lag_rows"] = c.LagRows,
        ["acknowledged_rows"] = c.AcknowledgedRows,
        ["dead_rows"] = c.DeadRows,
        ["missed_rows"] = c.MissedRows,
        ["failed_rows"] = c.FailedRows,
        ["leased_rows"] = c.LeasedRows,
        ["retried_rows"] = c.RetriedRows,
        ["members"] = new JsonArray([.. c.Members.Select(m => (JsonNode)m)]),
        ["created_at"] = c.CreatedAt.ToDateTimeOffset().ToString("O"),
        ["last_progress_at"] = c.LastProgressAt.ToDateTimeOffset().ToString("O"),
        ["dead_letter_problem"] = c.DeadLetterProblem.Length == 0 ? null : c.DeadLetterProblem,
        ["ack_timeout_seconds"] = c.Settings.AckTimeout.ToTimeSpan().TotalSeconds,
        ["max_deliveries"] = c.Settings.MaxDeliveries == 0 ? null : c.Settings.MaxDeliveries,
        ["dead_letter_stream"] = c.Settings.DeadLetterStream.Length == 0 ? null : c.Settings.DeadLetterStream,
        ["max_in_flight_rows"] = c.Settings.MaxInFlightRows,
    };
}
