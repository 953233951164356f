using System.CommandLine;
using System.Text.Json.Nodes;
using Varve.Cli.CommandLine;
using Varve.Cli.Output;
using Varve.Client;
using Varve.Protocol.V1;

namespace Varve.Cli.Snapshots;

/// <summary>varve snapshot schedule: what the daemon does by the clock, and how that went.</summary>
internal static class ScheduleCommand
{
    private const int Failed = 1;

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var connection = new ConnectionOptions();
        var command = new Command(
            "schedule", "Show what the daemon does with its repositories by the clock (its settings Backup:...), how it went last and when it is due next. "
            + "Exit code 1 where something failed or the archive is too far behind.")
        {
            json,
        };
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            using VarveClient client = connection.Connect(parsed);
            GetStatusResponse status = await client.GetStatusAsync(cancellation);
            if (parsed.GetValue(json))
                JsonText.Print(new JsonArray([.. status.Repositories.Select(BackupPrinter.ToJson)]));
            else if (status.Repositories.Count == 0)
                Console.WriteLine("the daemon has no repository: set Backup:Repository and a key for it");
            else
                BackupPrinter.PrintSchedule(status.Repositories);
            return status.Repositories.Any(BackupPrinter.IsBad) ? Failed : 0;
        });
        return command;
    }
}
