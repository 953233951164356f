using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;
using Varve.Cli.CommandLine;
using Varve.Client;
using Varve.Server;
using Varve.Server.Configuration;

namespace Varve.Cli.Demo;

/// <summary>varve demo: the main job, on a daemon of its own in a temporary directory.</summary>
internal static class DemoCommand
{
    private const int SecondsDefault = 8;

    public static Command Create()
    {
        var file = new Option<string?>("--file") { Description = "Your own data instead of this machine's metrics: csv, jsonl, arrow or parquet.", HelpName = "FILE" };
        var seconds = new Option<int>("--seconds") { Description = "How long to watch this machine.", DefaultValueFactory = _ => SecondsDefault };
        seconds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 3600)
                result.AddError("--seconds takes 1 to 3600");
        });
        var command = new Command("demo", "Show the main job: a daemon on a temporary directory, live data in, SQL over Arrow Flight out.") { file, seconds };
        command.Run((parsed, cancellation) => RunAsync(parsed.GetValue(file), TimeSpan.FromSeconds(parsed.GetValue(seconds)), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string? file, TimeSpan duration, CancellationToken cancellation)
    {
        if (file is not null && !File.Exists(file))
            throw new CliException($"--file {file}: there is no such file");
        DirectoryInfo directory = Directory.CreateTempSubdirectory("varve-demo-");
        try
        {
            var options = new VarveServerOptions();
            options.Data.Directory = directory.FullName;
            options.Listen.Grpc = Endpoint.Parse("127.0.0.1:0");
            options.Listen.Http = Endpoint.Parse("127.0.0.1:0");
            await using VarveServer server = await VarveServer.StartAsync(options, NullLoggerFactory.Instance, cancellationToken: cancellation);
            AnsiConsole.MarkupLine(
                $"[bold]varve[/] runs inside this process on {server.GrpcEndpoint}, its data in {Markup.Escape(directory.FullName)}");
            using var client = new VarveClient(new VarveClientOptions { Endpoint = server.GrpcEndpoint.ToString() });
            if (file is null)
                await new MachineDemo(client, TimeProvider.System).RunAsync(duration, cancellation);
            else
                await new FileDemo(client).RunAsync(file, cancellation);
            await new LoadDemo(client, TimeProvider.System).RunAsync(cancellation);
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        PrintHowToGoOn();
        return 0;
    }

    private static void PrintHowToGoOn()
    {
        Heading.Print("How to go on");
        Console.WriteLine($"""
              alias varve={Path.Combine(AppContext.BaseDirectory, "varve")}
              varve serve --data ./varve-data             a daemon that stays
              varve append trips trips.parquet            a file into a stream (csv, jsonl, arrow, parquet)
              varve query "select count(*) from trips"    SQL over Arrow Flight
              varve tail trips --follow                   new rows as they come
              varve --help                                everything else
            """);
    }
}
