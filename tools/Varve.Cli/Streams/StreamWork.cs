using System.CommandLine;
using Varve.Cli.CommandLine;
using Varve.Cli.Output;
using Varve.Client;
using Varve.Protocol.V1;

namespace Varve.Cli.Streams;

/// <summary>varve stream flush|compact: what the daemon does by itself in the background, now.</summary>
internal static class StreamWork
{
    public static Command Flush() => Create(
        "flush", "Move the rows that are in memory into segments now.", (client, name, cancellation) => client.FlushStreamAsync(name, cancellation));

    public static Command Compact() => Create(
        "compact",
        "Merge segments, order their rows as --cluster-by says, and bring them to the current key now.",
        (client, name, cancellation) => client.CompactStreamAsync(name, cancellation));

    private static Command Create(string verb, string description, Func<VarveClient, string, CancellationToken, Task<StreamDescription>> work)
    {
        var name = new Argument<string>("STREAM") { Description = "The stream's name." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var connection = new ConnectionOptions();
        var command = new Command(verb, description) { name, json };
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            using VarveClient client = connection.Connect(parsed);
            StreamDescription stream = await work(client, parsed.GetRequiredValue(name), cancellation);
            if (parsed.GetValue(json))
                StreamPrinter.PrintJson(stream);
            else
                Console.WriteLine(
                    $"stream {stream.Name} has {StreamPrinter.InSegments(stream)}; {Quantity.Count(stream.TailRows)} rows are in memory");
            return 0;
        });
        return command;
    }
}
