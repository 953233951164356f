using System.Diagnostics;
using System.Globalization;
using Varve.Arrow.Values;
using Varve.Client;

// Arguments: endpoint, stream, consumer, the number that no member survives, the numbers that all members refuse.
string endpoint = args[0];
long deadly = long.Parse(args[3], CultureInfo.InvariantCulture);
HashSet<long> refused = [.. args[4].Split(',').Select(n => long.Parse(n, CultureInfo.InvariantCulture))];
using VarveClient client = new(new VarveClientOptions { Endpoint = endpoint });
await using Consumer consumer = client.OpenConsumer(
    args[1], args[2], new ConsumerOptions { MaxBatchRows = 500, MaxUnacknowledgedRows = 2_000, RetryDelay = TimeSpan.FromMilliseconds(10) });
using StreamWriter output = new(Console.OpenStandardOutput());
await consumer.RunAsync(
    async (batch, cancelled) =>
    {
        for (int row = 0; row < batch.Rows.RowCount; row++)
        {
            long number = ArrayReader.GetInt64(batch.Rows.Columns[0], row);
            if (number == deadly)
                Process.GetCurrentProcess().Kill();
            if (refused.Contains(number))
                throw new InvalidDataException($"{number} is refused");
        }

        // Said before it is acknowledged: whatever is acknowledged was said.
        await output.WriteLineAsync($"{batch.FirstOffset} {batch.FirstOffset + batch.Rows.RowCount} {batch.Delivery}");
        await output.FlushAsync(cancelled);
    },
    CancellationToken.None);
