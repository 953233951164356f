using System.CommandLine;
using Varve.Backup;
using Varve.Cli.CommandLine;
using Varve.Cli.Snapshots;
using Varve.Client;
using Varve.Protocol.V1;
using Varve.Storage;
using Varve.Storage.Checking;

namespace Varve.Cli.Check;

/// <summary>varve check: a running daemon's data, or a data directory that no daemon has open.</summary>
internal static class CheckCommand
{
    private const int UsageError = 2;
    private const int Damaged = 3;

    public static Command Create()
    {
        var data = new Option<string?>("--data")
        {
            Description = "A data directory that no daemon has open. Not given: the daemon verifies its own.",
            HelpName = "DIR",
        };
        var repair = new Option<bool>("--repair")
        {
            Description = "With --data: put back damaged segments that a snapshot in --repo has, and make those anew whose rows the log still "
                + "has. What neither has stays as it is, and is listed.",
        };
        var repository = new RepositoryOptions();
        var rootKey = new RootKeyOptions();
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var connection = new ConnectionOptions();
        var command = new Command(
            "check",
            "Read everything and verify that it is as it was written: log, checkpoint, segments, keys. Changes nothing. "
            + "Exit code 0: it is. 3: damage was found, and is listed. 1: it could not be checked.")
        {
            data, repair, json,
        };
        rootKey.AddTo(command);
        repository.AddTo(command);
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            CheckPrinter printer = new(parsed.GetValue(json));
            bool repairs = parsed.GetValue(repair);
            if (repairs && parsed.GetValue(data) is null)
                throw new CliException("--repair needs --data DIR, a data directory that no daemon has open", UsageError);
            if (repository.Given(parsed) is not null && !repairs)
                throw new CliException("--repo goes with --repair", UsageError);
            if (parsed.GetValue(data) is { } directory)
            {
                RequireDirectory(directory);
                if (repairs && repository.Given(parsed) is not null)
                    await PutBackAsync(printer, directory, rootKey.Source(parsed), repository, parsed, cancellation);
                await CheckAsync(printer, directory, rootKey.Source(parsed), repairs, cancellation);
            }
            else
            {
                await CheckAsync(printer, connection, parsed, cancellation);
            }

            printer.Finish();
            return printer.DamageCount == 0 ? 0 : Damaged;
        });
        return command;
    }

    private static void RequireDirectory(string directory)
    {
        if (!Directory.Exists(directory))
            throw new CliException($"--data {directory}: there is no such directory");
    }

    private static async Task PutBackAsync(
        CheckPrinter printer, string directory, RootKeySource? rootKey, RepositoryOptions repository, ParseResult parsed, CancellationToken cancellation)
    {
        CheckReport found = await DirectoryCheck.RunAsync(directory, rootKey, cancellation);
        await using SnapshotRepository snapshots = await repository.OpenAsync(parsed, cancellation);
        printer.PutBack(await snapshots.PutBackAsync(directory, found.Damage.Where(d => d.Stream is not null).Select(d => d.File), cancellation));
    }

    private static async Task CheckAsync(CheckPrinter printer, string directory, RootKeySource? rootKey, bool repairs, CancellationToken cancellation)
    {
        CheckReport report;
        if (repairs)
        {
            RepairReport repaired = await DirectoryRepair.RunAsync(directory, rootKey, cancellation);
            printer.PutBack(repaired);
            report = repaired.Left;
        }
        else
        {
            report = await DirectoryCheck.RunAsync(directory, rootKey, cancellation);
        }

        foreach (Storage.Checking.Damage damage in report.Damage)
            printer.Print(damage);
        printer.Sum(report.FileCount, report.ByteCount, report.LogEntryCount, report.SegmentCount);
    }

    private static async Task CheckAsync(CheckPrinter printer, ConnectionOptions connection, ParseResult parsed, CancellationToken cancellation)
    {
        using VarveClient client = connection.Connect(parsed);
        await foreach (CheckResponse response in client.CheckAsync(cancellation))
        {
            if (response.Damage is { } d)
            {
                printer.Print(new Storage.Checking.Damage(d.File, d.Message)
                {
                    Stream = d.Stream,
                    Column = d.Column,
                    Page = d.Page,
                    FirstOffset = d.HasFirstOffset ? d.FirstOffset : null,
                    EndOffset = d.HasEndOffset ? d.EndOffset : null,
                });
            }
            else if (response.Summary is { } sum)
            {
                printer.Sum(sum.Files, sum.Bytes, sum.LogEntries, sum.Segments);
            }
        }
    }
}
