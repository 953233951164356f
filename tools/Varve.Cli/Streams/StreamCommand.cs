using System.CommandLine;
using Varve.Arrow;
using Varve.Cli.CommandLine;
using Varve.Client;
using Varve.Protocol.V1;

namespace Varve.Cli.Streams;

/// <summary>varve stream create|list|describe|alter|flush|compact|drop.</summary>
internal static class StreamCommand
{
    public static Command Create() => new("stream", "Create, list, describe, alter, flush, compact and drop streams.")
    {
        CreateStream(), ListStreams(), DescribeStream(), AlterStream(), StreamWork.Flush(), StreamWork.Compact(), DropStream(),
    };

    private static Command CreateStream()
    {
        var name = Name();
        var columns = Columns(
            "--column", "A column: its name and type, such as \"ts timestamp[us, UTC]\" or \"id int64 not null\". Once for each column.");
        columns.Required = true;
        var settings = new SettingsOptions();
        var ifNotExists = new Option<bool>("--if-not-exists") { Description = "Succeed where the stream is there already with the same schema." };
        var json = Json();
        var connection = new ConnectionOptions();
        var command = new Command("create", "Make a stream.") { name, columns };
        settings.AddTo(command);
        command.Options.Add(ifNotExists);
        command.Options.Add(json);
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            using VarveClient client = connection.Connect(parsed);
            Schema schema = new(ColumnText.Parse(parsed.GetRequiredValue(columns)));
            CreateStreamResponse answer = await client.CreateStreamAsync(
                parsed.GetRequiredValue(name), schema, settings.ReadNew(parsed), parsed.GetValue(ifNotExists), cancellation);
            if (parsed.GetValue(json))
                StreamPrinter.PrintJson(answer.Stream);
            else
                Console.WriteLine(answer.Created ? $"created stream {answer.Stream.Name}" : $"stream {answer.Stream.Name} is there already");
            return 0;
        });
        return command;
    }

    private static Command ListStreams()
    {
        var prefix = new Option<string>("--prefix") { Description = "Only streams whose names start so.", DefaultValueFactory = _ => "" };
        var json = Json();
        var connection = new ConnectionOptions();
        var command = new Command("list", "List the streams with their rows.") { prefix, json };
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            using VarveClient client = connection.Connect(parsed);
            IReadOnlyList<StreamDescription> streams = await client.ListStreamsAsync(parsed.GetValue(prefix)!, cancellation);
            if (parsed.GetValue(json))
                StreamPrinter.PrintJson(streams);
            else
                StreamPrinter.PrintList(streams);
            return 0;
        });
        return command;
    }

    private static Command DescribeStream()
    {
        var name = Name();
        var json = Json();
        var connection = new ConnectionOptions();
        var command = new Command("describe", "Show a stream's schema, rows, segments, and what each column takes.") { name, json };
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            using VarveClient client = connection.Connect(parsed);
            DescribeStreamResponse answer = await client.DescribeStorageAsync(parsed.GetRequiredValue(name), cancellation);
            if (parsed.GetValue(json))
                StreamPrinter.PrintJson(answer.Stream, answer.Storage);
            else
                StreamPrinter.Print(answer.Stream, answer.Storage);
            return 0;
        });
        return command;
    }

    private static Command AlterStream()
    {
        var name = Name();
        var columns = Columns(
            "--add-column", "A nullable column to add at the end: its name and type, such as \"note utf8\". Rows already there read as null.");
        var settings = new SettingsOptions();
        var json = Json();
        var connection = new ConnectionOptions();
        var command = new Command("alter", "Add nullable columns to a stream, or change how its rows are kept.") { name, columns };
        settings.AddTo(command);
        command.Options.Add(json);
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            IReadOnlyList<Field> added = ColumnText.Parse(parsed.GetValue(columns) ?? []);
            SettingsChange? change = settings.Read(parsed);
            if (added.Count == 0 && change is null)
                throw new CliException("there is nothing to change: give --add-column, --cluster-by or one of --retain-...", exitCode: 2);
            using VarveClient client = connection.Connect(parsed);
            StreamDescription stream = await client.AlterStreamAsync(parsed.GetRequiredValue(name), added, change, cancellation);
            if (parsed.GetValue(json))
                StreamPrinter.PrintJson(stream);
            else
                Console.WriteLine($"stream {stream.Name} has {stream.Schema.Columns_.Count} columns now; {SettingsPrinter.Text(stream.Settings)}");
            return 0;
        });
        return command;
    }

    private static Command DropStream()
    {
        var name = Name();
        var ifExists = new Option<bool>("--if-exists") { Description = "Succeed where there is no such stream." };
        var json = Json();
        var connection = new ConnectionOptions();
        var command = new Command("drop", "Remove a stream and all its rows. This cannot be undone.") { name, ifExists, json };
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            using VarveClient client = connection.Connect(parsed);
            string stream = parsed.GetRequiredValue(name);
            bool dropped = await client.DropStreamAsync(stream, parsed.GetValue(ifExists), cancellation);
            if (parsed.GetValue(json))
                Console.WriteLine(dropped ? "{\"dropped\":true}" : "{\"dropped\":false}");
            else
                Console.WriteLine(dropped ? $"dropped stream {stream}" : $"there was no stream {stream}");
            return 0;
        });
        return command;
    }

    private static Argument<string> Name() => new("STREAM") { Description = "The stream's name." };

    private static Option<bool> Json() => new("--json") { Description = "Print JSON." };

    private static Option<string[]> Columns(string name, string description) =>
        new(name, "-c") { Description = description, HelpName = "NAME TYPE [not null]" };
}
