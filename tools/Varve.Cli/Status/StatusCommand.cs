using System.CommandLine;
using Spectre.Console;
using Varve.Cli.CommandLine;
using Varve.Cli.Output;
using Varve.Cli.Snapshots;
using Varve.Client;
using Varve.Protocol.V1;

namespace Varve.Cli.Status;

/// <summary>varve status.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var connection = new ConnectionOptions();
        var command = new Command("status", "Show how the daemon is: whether it accepts appends, positions, rows, memory, disk.") { json };
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            using VarveClient client = connection.Connect(parsed);
            GetStatusResponse status = await client.GetStatusAsync(cancellation);
            IReadOnlyList<Protocol.V1.Consumer> consumers = await client.ListConsumersAsync(cancellation: cancellation);
            if (parsed.GetValue(json))
                JsonText.Print(StatusJson.Of(status, consumers));
            else
                Print(connection.Endpoint(parsed), status, consumers);
            return status.Accepting ? 0 : 1;
        });
        return command;
    }

    private static void Print(string endpoint, GetStatusResponse s, IReadOnlyList<Protocol.V1.Consumer> consumers)
    {
        Table table = Terminal.Table("varve " + Markup.Escape(s.Version), Markup.Escape(endpoint));
        table.AddRow("accepts appends", s.Accepting ? "[green]yes[/]" : $"[red]no[/]: {Markup.Escape(s.StopReason)}");
        table.AddRow("node", Markup.Escape(s.NodeId));
        table.AddRow("data directory", Markup.Escape(s.DataDirectory));
        table.AddRow("up for", Quantity.Duration(s.Uptime.ToTimeSpan()));
        table.AddRow("streams", Quantity.Count(s.StreamCount));
        table.AddRow("rows", Quantity.Count(s.RowCount));
        if (consumers.Count > 0)
            table.AddRow("consumers", $"{Quantity.Count(consumers.Count)}, {Quantity.Count(consumers.Sum(c => c.LagRows))} rows behind");
        table.AddRow("positions", $"visible {s.VisibleUpTo:N0}, durable {s.DurableUpTo:N0}, appended {s.AppendedUpTo:N0}");
        table.AddRow("memory for rows", $"{Quantity.Bytes(s.TailBytes)} of {Quantity.Bytes(s.TailLimitBytes)}");
        table.AddRow("log on disk", Quantity.Bytes(s.LogBytes));
        table.AddRow("segments on disk", $"{Quantity.Bytes(s.SegmentBytes)} in {Quantity.Count(s.SegmentCount)} files");
        table.AddRow("last full check", s.LastFullCheck is { } at
            ? $"{JsonText.Time(at)}: {(s.Damage.Count == 0 ? "all is as it was written" : $"[red]{s.Damage.Count} damaged places[/], see varve check")}"
            : "none since the start");
        foreach ((string name, string text) in s.Repositories.SelectMany(BackupPrinter.Lines))
            table.AddRow(name, text);
        table.AddRow("process memory", Quantity.Bytes(s.ProcessMemoryBytes)
            + (s.MemoryLimitBytes > 0 ? $" of {Quantity.Bytes(s.MemoryLimitBytes)}" : ""));
        table.AddRow("active queries", Quantity.Count(s.ActiveQueries));
        table.AddRow("connections", Quantity.Count(s.Connections));
        foreach ((string name, string version) in s.Components.OrderBy(c => c.Key, StringComparer.Ordinal))
            table.AddRow(Markup.Escape(name), Markup.Escape(version));
        AnsiConsole.Write(table);
    }
}
