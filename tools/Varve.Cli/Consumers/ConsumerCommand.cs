using System.CommandLine;
using Varve.Cli.CommandLine;
using Varve.Client;
using Varve.Protocol.V1;

namespace Varve.Cli.Consumers;

/// <summary>varve consumer create|list|show|alter|reset|delete|read.</summary>
internal static class ConsumerCommand
{
    public static Command Create() => new("consumer", "Work through the rows of streams with stored progress, alone or in groups.")
    {
        CreateConsumer(), ListConsumers(), ShowConsumer(), AlterConsumer(), ResetConsumer(), DeleteConsumer(), ReadCommand.Create(),
    };

    internal static Argument<string> StreamName() => new("STREAM") { Description = "The stream's name." };

    internal static Argument<string> ConsumerName() => new("CONSUMER") { Description = "The consumer's name." };

    private static Command CreateConsumer()
    {
        var stream = StreamName();
        var name = ConsumerName();
        var start = new StartOptions(isReset: false);
        var settings = new ConsumerSettingsOptions();
        var ifNotExists = new Option<bool>("--if-not-exists") { Description = "Succeed where the consumer is there already; it stays as it is." };
        var json = Json();
        var connection = new ConnectionOptions();
        var command = new Command("create", "Make a consumer of a stream.") { stream, name };
        start.AddTo(command);
        settings.AddTo(command);
        command.Options.Add(ifNotExists);
        command.Options.Add(json);
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            using VarveClient client = connection.Connect(parsed);
            var request = new CreateConsumerRequest
            {
                Stream = parsed.GetRequiredValue(stream),
                Name = parsed.GetRequiredValue(name),
                Settings = settings.Read(parsed, new ConsumerSettings()),
                Start = start.Read(parsed),
                IfNotExists = parsed.GetValue(ifNotExists),
            };
            CreateConsumerResponse answer = await client.CreateConsumerAsync(request, cancellation);
            if (parsed.GetValue(json))
                ConsumerPrinter.PrintJson(answer.Consumer);
            else
                Console.WriteLine(answer.Created ? $"created consumer {answer.Consumer.Name}" : $"consumer {answer.Consumer.Name} is there already");
            return 0;
        });
        return command;
    }

    private static Command ListConsumers()
    {
        var stream = new Option<string>("--stream") { Description = "Only those of this stream.", HelpName = "STREAM", DefaultValueFactory = _ => "" };
        var json = Json();
        var connection = new ConnectionOptions();
        var command = new Command("list", "List the consumers with how far they are.") { stream, json };
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            using VarveClient client = connection.Connect(parsed);
            IReadOnlyList<Protocol.V1.Consumer> consumers = await client.ListConsumersAsync(parsed.GetValue(stream)!, cancellation);
            if (parsed.GetValue(json))
                ConsumerPrinter.PrintJson(consumers);
            else
                ConsumerPrinter.PrintList(consumers);
            return 0;
        });
        return command;
    }

    private static Command ShowConsumer() => OfOne(
        "show", "Show a consumer: its settings, its progress, who has rows.", (client, stream, name, cancellation) =>
            client.DescribeConsumerAsync(stream, name, cancellation));

    private static Command AlterConsumer()
    {
        var settings = new ConsumerSettingsOptions();
        return OfOne(
            "alter",
            "Change a consumer's settings; what is not given stays.",
            async (client, stream, name, cancellation) =>
            {
                ConsumerSettings now = (await client.DescribeConsumerAsync(stream, name, cancellation)).Settings;
                return await client.AlterConsumerAsync(stream, name, settings.ReadLast(now), cancellation);
            },
            settings.AddTo,
            settings.Remember);
    }

    private static Command ResetConsumer()
    {
        var start = new StartOptions(isReset: true);
        return OfOne(
            "reset",
            "Let a consumer begin anew. Rows that are with members are theirs no more.",
            (client, stream, name, cancellation) => client.ResetConsumerAsync(stream, name, start.Last!, cancellation),
            start.AddTo,
            start.Remember);
    }

    private static Command DeleteConsumer()
    {
        var stream = StreamName();
        var name = ConsumerName();
        var ifExists = new Option<bool>("--if-exists") { Description = "Succeed where there is no such consumer." };
        var json = Json();
        var connection = new ConnectionOptions();
        var command = new Command("delete", "Remove a consumer and its progress. Its dead letters stay.") { stream, name, ifExists, json };
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            using VarveClient client = connection.Connect(parsed);
            string consumer = parsed.GetRequiredValue(name);
            bool deleted = await client.DeleteConsumerAsync(parsed.GetRequiredValue(stream), consumer, parsed.GetValue(ifExists), cancellation);
            if (parsed.GetValue(json))
                Console.WriteLine(deleted ? "{\"deleted\":true}" : "{\"deleted\":false}");
            else
                Console.WriteLine(deleted ? $"deleted consumer {consumer}" : $"there was no consumer {consumer}");
            return 0;
        });
        return command;
    }

    /// <summary>A command about one consumer that prints it as it is then.</summary>
    private static Command OfOne(
        string verb,
        string description,
        Func<VarveClient, string, string, CancellationToken, Task<Protocol.V1.Consumer>> work,
        Action<Command>? options = null,
        Action<ParseResult>? read = null)
    {
        var stream = StreamName();
        var name = ConsumerName();
        var json = Json();
        var connection = new ConnectionOptions();
        var command = new Command(verb, description) { stream, name };
        options?.Invoke(command);
        command.Options.Add(json);
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            read?.Invoke(parsed);
            using VarveClient client = connection.Connect(parsed);
            Protocol.V1.Consumer consumer = await work(client, parsed.GetRequiredValue(stream), parsed.GetRequiredValue(name), cancellation);
            if (parsed.GetValue(json))
                ConsumerPrinter.PrintJson(consumer);
            else
                ConsumerPrinter.Print(consumer);
            return 0;
        });
        return command;
    }

    private static Option<bool> Json() => new("--json") { Description = "Print JSON." };
}
