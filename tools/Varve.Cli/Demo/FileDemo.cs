using Varve.Cli.Append;
using Varve.Cli.Streams;
using Varve.Client;
using Varve.Protocol.V1;

namespace Varve.Cli.Demo;

/// <summary>Appends a file of the user's and shows what is in it.</summary>
internal sealed class FileDemo(VarveClient client)
{
    public async Task RunAsync(string file, CancellationToken cancellation)
    {
        string stream = StreamName(file);
        Heading.Print($"Appending {file} to the stream {stream}");
        await FileAppend.RunAsync(client, stream, [file], input: null, producer: null, showProgress: true, cancellation);
        DescribeStreamResponse described = await client.DescribeStorageAsync(stream, cancellation);
        StreamPrinter.Print(described.Stream, described.Storage);
        await DemoSql.PrintAsync(client, $"select * from \"{stream}\" order by _offset limit 10", cancellation);
        await DemoSql.PrintAsync(client, $"summarize select * exclude (_offset, _time) from \"{stream}\"", cancellation);
    }

    /// <summary>The file's name without folders and endings, in the letters that a stream's name may have.</summary>
    private static string StreamName(string file)
    {
        string name = Path.GetFileName(file);
        name = name.Contains('.', StringComparison.Ordinal) ? name[..name.IndexOf('.', StringComparison.Ordinal)] : name;
        name = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')).TrimStart('_');
        return name.Length > 0 ? name : "data";
    }
}
