using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Cli.CommandLine;
using Varve.Client;
using Varve.Protocol.V1;
using Producer = Varve.Client.Producer;

namespace Varve.Cli.Append;

/// <summary>Reads files batch by batch and appends them; the stream is made from the first file's schema where it is not there.</summary>
internal static class FileAppend
{
    /// <summary>Standard input by its name on the command line.</summary>
    public const string StandardInput = "-";

    /// <summary>Part of what a producer's numbers mean: another value would make them point elsewhere in the files.</summary>
    private const int ProducerBatchRows = 4096;

    public static async Task<AppendSummary> RunAsync(
        VarveClient client,
        string stream,
        IReadOnlyList<string> files,
        string? input,
        string? producer,
        bool showProgress,
        CancellationToken cancellation)
    {
        foreach (string file in files)
            Check(file, input);
        Schema? schema = await SchemaOfAsync(client, stream, cancellation);
        bool created = false;
        var progress = new AppendProgress(TimeProvider.System);
        await using Producer? once = producer is null ? null : await client.OpenProducerAsync(producer, cancellation: cancellation);
        long batchesBefore = once?.NextSequence ?? 0;
        if (showProgress)
            await progress.ShowAsync(stream, AppendAllAsync);
        else
            await AppendAllAsync();
        return progress.Summary(stream, created);

        async Task AppendAllAsync()
        {
            foreach (string file in files)
            {
                try
                {
                    await AppendOneAsync(file);
                }
                catch (Exception e) when (CommandRunner.IsExpected(e) && !cancellation.IsCancellationRequested)
                {
                    throw new CliException($"{file}: {FailureText.Of(e)}{progress.WhatIsSafe()}", inner: e);
                }
            }
        }

        async Task AppendOneAsync(string file)
        {
            await using InputFile source = await InputFile.OpenAsync(file, input ?? InputFormats.Of(file), schema, cancellation);
            if (schema is null)
            {
                created = (await client.CreateStreamAsync(stream, source.Schema, ifNotExists: true, cancellation)).Created;
                schema = source.Schema;
            }

            progress.ExpectMore(source.RowCount);
            if (once is not null)
            {
                batchesBefore -= await SendOnceAsync(source, once, stream, batchesBefore, progress, cancellation);
                return;
            }

            await using StreamAppender appender = client.OpenAppender(stream, cancellation: cancellation);
            await SendAsync(source, appender, progress, cancellation);
        }
    }

    /// <summary>Sends what an earlier run of the producer did not; returns how many batches it had sent of this file.</summary>
    private static async Task<long> SendOnceAsync(
        InputFile source, Producer producer, string stream, long batchesBefore, AppendProgress progress, CancellationToken cancellation)
    {
        var waiting = new AckQueue(progress.Acknowledged);
        long batches = 0;
        await foreach (RecordBatch batch in EqualBatches.OfAsync(source.ReadAllAsync(cancellation), ProducerBatchRows, cancellation))
        {
            if (batches++ < batchesBefore)
            {
                progress.WasThere(batch.RowCount);
                continue;
            }

            await waiting.AddAsync(await producer.AppendAsync(stream, batch, cancellation: cancellation));
        }

        await waiting.FinishAsync(CancellationToken.None);
        return Math.Min(batches, batchesBefore);
    }

    private static async Task SendAsync(InputFile source, StreamAppender appender, AppendProgress progress, CancellationToken cancellation)
    {
        var waiting = new AckQueue(progress.Acknowledged);
        try
        {
            await foreach (RecordBatch batch in source.ReadAllAsync(cancellation))
                await waiting.AddAsync(await appender.AppendAsync(batch));
            await waiting.FinishAsync(CancellationToken.None);
            await appender.CompleteAsync();
        }
        finally
        {
            await waiting.FinishAfterFailureAsync();
        }
    }

    private static void Check(string file, string? input)
    {
        if (file == StandardInput && input is null)
        {
            throw new CliException(
                "standard input has no name to tell its format by: say --input " + string.Join('|', InputFormats.All), exitCode: 2);
        }

        if (file != StandardInput && !File.Exists(file))
            throw new CliException($"{file}: there is no such file");
        if (input is null)
            InputFormats.Of(file);
    }

    private static async Task<Schema?> SchemaOfAsync(VarveClient client, string stream, CancellationToken cancellation)
    {
        try
        {
            StreamDescription description = await client.DescribeStreamAsync(stream, cancellation);
            return SchemaMessage.Decode(description.ArrowSchema.Span);
        }
        catch (VarveException e) when (e.Code == ErrorCode.StreamNotFound)
        {
            return null;
        }
    }
}
