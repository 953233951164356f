using Varve.Arrow;
using Varve.Cli.CommandLine;
using Varve.Client;
using Varve.Protocol.V1;

namespace Varve.Cli.Append;

/// <summary>Reads a file batch by batch and appends it; the stream is made from the file's schema where it is not there.</summary>
internal static class FileAppend
{
    /// <summary>Standard input by its name on the command line.</summary>
    public const string StandardInput = "-";

    public static async Task<AppendSummary> RunAsync(
        VarveClient client, string stream, string file, string? input, bool showProgress, CancellationToken cancellation)
    {
        if (file == StandardInput && input is null)
            throw new CliException("standard input has no name to tell its format by: say --input " + string.Join('|', InputFormats.All), exitCode: 2);
        if (file != StandardInput && !File.Exists(file))
            throw new CliException($"{file}: there is no such file");

        Schema? existing = await SchemaOfAsync(client, stream, cancellation);
        await using InputFile source = await InputFile.OpenAsync(file, input ?? InputFormats.Of(file), existing, cancellation);
        bool created = existing is null && (await client.CreateStreamAsync(stream, source.Schema, ifNotExists: true, cancellation)).Created;
        var progress = new AppendProgress(TimeProvider.System);
        await using StreamAppender appender = client.OpenAppender(stream, cancellation: cancellation);
        if (showProgress)
            await progress.ShowAsync(stream, source.RowCount, () => SendAsync(source, appender, progress, cancellation));
        else
            await SendAsync(source, appender, progress, cancellation);
        return progress.Summary(stream, created);
    }

    private static async Task SendAsync(InputFile source, StreamAppender appender, AppendProgress progress, CancellationToken cancellation)
    {
        var waiting = new Queue<Task<AppendAck>>();
        await foreach (RecordBatch batch in source.ReadAllAsync(cancellation))
        {
            waiting.Enqueue(await appender.AppendAsync(batch));
            while (waiting.TryPeek(out Task<AppendAck>? first) && first.IsCompleted)
                progress.Acknowledged(await waiting.Dequeue());
        }

        while (waiting.TryDequeue(out Task<AppendAck>? ack))
            progress.Acknowledged(await ack);
        await appender.CompleteAsync();
    }

    private static async Task<Schema?> SchemaOfAsync(VarveClient client, string stream, CancellationToken cancellation)
    {
        try
        {
            StreamDescription description = await client.DescribeStreamAsync(stream, cancellation);
            return Varve.Arrow.Ipc.SchemaMessage.Decode(description.ArrowSchema.Span);
        }
        catch (VarveException e) when (e.Code == ErrorCode.StreamNotFound)
        {
            return null;
        }
    }
}
