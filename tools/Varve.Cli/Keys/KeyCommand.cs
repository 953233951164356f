using System.CommandLine;
using System.Text.Json.Nodes;
using Spectre.Console;
using Varve.Cli.CommandLine;
using Varve.Cli.Output;
using Varve.Client;
using Varve.Protocol.V1;

namespace Varve.Cli.Keys;

/// <summary>varve key list|rotate. No secret ever passes here.</summary>
internal static class KeyCommand
{
    public static Command Create() => new("key", "List and rotate the keys that the data is encrypted with.") { ListKeys(), RotateKey() };

    private static Command ListKeys()
    {
        var json = Json();
        var connection = new ConnectionOptions();
        var command = new Command("list", "List the keys of the node and its streams, without their secrets.") { json };
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            using VarveClient client = connection.Connect(parsed);
            IReadOnlyList<Key> keys = await client.ListKeysAsync(cancellation);
            if (parsed.GetValue(json))
                JsonText.Print(new JsonArray([.. keys.Select(ToJson)]));
            else if (keys.Count == 0)
                Console.WriteLine("there are no keys: the data directory is not encrypted");
            else
                AnsiConsole.Write(ToTable(keys));
            return 0;
        });
        return command;
    }

    private static Command RotateKey()
    {
        var root = new Option<bool>("--root") { Description = "The root key, which seals the keyring. The data is not rewritten." };
        var stream = new Option<string?>("--stream") { Description = "The key of a stream.", HelpName = "STREAM" };
        var node = new Option<bool>("--node") { Description = "The node's own key, which seals what streams are called and what columns they have." };
        var keyFile = new Option<string?>("--key-file")
        {
            Description = "With --root: a file on the node with the new key, for sources that the node cannot change and that still give the old one.",
            HelpName = "FILE",
        };
        var json = Json();
        var connection = new ConnectionOptions();
        var command = new Command("rotate", "Make a new key for what is written from now on. Appends and reads go on.")
        {
            root, stream, node, keyFile, json,
        };
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            RotateKeyRequest request = Request(
                parsed.GetValue(root), parsed.GetValue(stream), parsed.GetValue(node), parsed.GetValue(keyFile));
            using VarveClient client = connection.Connect(parsed);
            int version = await client.RotateKeyAsync(request, cancellation);
            if (parsed.GetValue(json))
                Console.WriteLine($"{{\"version\":{version}}}");
            else
                Console.WriteLine(Done(request, version));
            return 0;
        });
        return command;
    }

    private static RotateKeyRequest Request(bool root, string? stream, bool node, string? keyFile)
    {
        if (new[] { root, stream is not null, node }.Count(given => given) != 1)
            throw new CliException("say which key to rotate: one of --root, --stream STREAM and --node", exitCode: 2);
        if (keyFile is not null && !root)
            throw new CliException("--key-file goes with --root only: other keys are made by the node", exitCode: 2);
        return root ? new RotateKeyRequest { Root = new RootKey { KeyFile = keyFile ?? "" } }
            : node ? new RotateKeyRequest { Node = new NodeKey() }
            : new RotateKeyRequest { Stream = stream };
    }

    private static string Done(RotateKeyRequest request, int version) => request.KeyCase switch
    {
        RotateKeyRequest.KeyOneofCase.Root => "rotated the root key",
        RotateKeyRequest.KeyOneofCase.Node => $"rotated the node's key to version {version}",
        _ => $"rotated the key of stream {request.Stream} to version {version}",
    };

    private static Table ToTable(IReadOnlyList<Key> keys)
    {
        Table table = Terminal.Table("key of", "version", "state", "segments", "in the log", "made");
        foreach (int right in (int[])[1, 3])
            table.Columns[right].RightAligned();
        foreach (Key key in keys)
        {
            table.AddRow(
                key.Stream.Length == 0 ? "the node" : $"stream {Markup.Escape(key.Stream)}",
                Quantity.Count(key.Version),
                key.Current ? "current" : "older",
                key.Stream.Length == 0 ? "" : Quantity.Count(key.Segments),
                key.InLog ? "yes" : "no",
                JsonText.Time(key.CreatedAt));
        }

        return table;
    }

    private static JsonNode ToJson(Key key) => new JsonObject
    {
        ["stream"] = key.Stream.Length == 0 ? null : key.Stream,
        ["version"] = key.Version,
        ["current"] = key.Current,
        ["segments"] = key.Segments,
        ["in_log"] = key.InLog,
        ["created_at"] = JsonText.Time(key.CreatedAt),
    };

    private static Option<bool> Json() => new("--json") { Description = "Print JSON." };
}
