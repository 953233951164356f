using System.CommandLine;
using Varve.Cli.CommandLine;
using Varve.Cli.Output;
using Varve.Client;

namespace Varve.Cli.Consumers;

/// <summary>varve consumer read: a member that prints what it gets, and acknowledges what it has printed.</summary>
internal static class ReadCommand
{
    public static Command Create()
    {
        var stream = ConsumerCommand.StreamName();
        var name = ConsumerCommand.ConsumerName();
        var max = new Option<long?>("--max") { Description = "End after so many rows.", HelpName = "N" };
        var wait = new Option<string?>("--wait") { Description = "End when no rows came for so long, such as 5s; else it goes on until interrupted.", HelpName = "TIME" };
        var peek = new Option<bool>("--peek") { Description = "Acknowledge nothing: the rows are delivered again." };
        var format = new Option<string>("--format", "-f")
        {
            Description = "How to print the rows: csv, json or arrow.",
            DefaultValueFactory = _ => RowFormats.Json,
        };
        format.AcceptOnlyFromAmong(RowFormats.Csv, RowFormats.Json, RowFormats.Arrow);
        var json = new Option<bool>("--json") { Description = "The same as --format json." };
        var connection = new ConnectionOptions();
        var command = new Command("read", "Take rows of a consumer, print them, and acknowledge what is printed.") { stream, name, max, wait, peek, format, json };
        connection.AddTo(command);
        command.Run(async (parsed, cancellation) =>
        {
            TimeSpan? patience = parsed.GetValue(wait) is { } time ? QuantityText.Age(wait.Name, time) : null;
            long left = parsed.GetValue(max) ?? long.MaxValue;
            using VarveClient client = connection.Connect(parsed);
            string source = parsed.GetRequiredValue(stream);
            var columns = new List<string> { "_offset", "_time" };
            columns.AddRange((await client.DescribeStreamAsync(source, cancellation)).Schema.Columns_.Select(c => c.Name));
            var options = new ConsumerOptions { Columns = columns, MaxBatchRows = (int)Math.Clamp(left, 1, 1_000) };
            await using Consumer consumer = client.OpenConsumer(source, parsed.GetRequiredValue(name), options);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await using IAsyncEnumerator<ConsumedBatch> batches = consumer.ReadAsync(over.Token).GetAsyncEnumerator(CancellationToken.None);
            await using Stream output = Console.OpenStandardOutput();
            List<ConsumedBatch> released = [];
            IRowWriter? writer = null;
            try
            {
                while (left > 0 && await NextAsync(batches, patience, over, cancellation))
                {
                    ConsumedBatch batch = batches.Current;
                    int count = (int)Math.Min(left, batch.Rows.RowCount);
                    writer ??= RowFormats.Open(parsed.GetValue(json) ? RowFormats.Json : parsed.GetValue(format)!, batch.Rows.Schema, output);
                    writer.Write(batch.Rows.Slice(0, count));
                    await output.FlushAsync(cancellation);
                    left -= count;
                    if (!parsed.GetValue(peek))
                        await batch.AcknowledgeAsync(0, count, cancellation);
                    if (parsed.GetValue(peek) || count < batch.Rows.RowCount)
                        released.Add(batch);
                }

                writer?.Finish();
            }
            finally
            {
                writer?.Dispose();

                // Not before: else it would get them again.
                await consumer.DisposeAsync();
                foreach (ConsumedBatch batch in released)
                    await batch.ReleaseAsync(CancellationToken.None);
            }

            return 0;
        });
        return command;
    }

    /// <summary>False when nothing came in time, which ends the reading.</summary>
    private static async Task<bool> NextAsync(
        IAsyncEnumerator<ConsumedBatch> batches, TimeSpan? patience, CancellationTokenSource over, CancellationToken cancellation)
    {
        try
        {
            over.CancelAfter(patience ?? Timeout.InfiniteTimeSpan);
            bool isThere = await batches.MoveNextAsync();
            over.CancelAfter(Timeout.InfiniteTimeSpan);
            return isThere;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
