using System.Globalization;
using Varve.Crash.Writer;
using Varve.Storage;

// Varve.Crash.Writer DIRECTORY SEED WRITERS STREAMS FIRST-BATCH: appends until it is killed. Prints "ready", then a line per acknowledged append:
// stream, writer, batch, first offset, rows. A line that is complete was acknowledged. A reader prints "seen", a stream and the end that it saw.
string directory = args[0];
int[] numbers = [.. args[1..].Select(a => int.Parse(a, CultureInfo.InvariantCulture))];
(int seed, int writers, int streams, int firstBatch) = (numbers[0], numbers[1], numbers[2], numbers[3]);

// Small limits: seals, compactions, checkpoints and the shortening of the log are always under way.
StorageOptions options = new() { Directory = directory, SealRows = 3_000, SealBytes = 1 << 20, CheckpointLogBytes = 1 << 20 };
await using StorageEngine engine = await StorageEngine.OpenAsync(options).ConfigureAwait(false);
using Stream output = Console.OpenStandardOutput();
Lock printing = new();
for (int i = 0; i < streams; i++)
{
    if (!engine.TryDescribe("s" + i, out _))
        await engine.CreateStreamAsync("s" + i, CrashRows.Schema).ConfigureAwait(false);
}

Print("ready\n");
Task reading = Task.WhenAll(Enumerable.Range(0, streams).Select(i => Task.Run(() => ReadAsync("s" + i))));
await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() => WriteAsync(writer)))).ConfigureAwait(false);
await reading.ConfigureAwait(false);

async Task WriteAsync(int writer)
{
    Random random = new(seed + writer);
    for (int batch = firstBatch; ; batch++)
    {
        // Most batches are small; a few are larger than one entry of the log may be and are written in parts.
        bool isLarge = random.Next(150) == 0;
        int rows = isLarge ? random.Next(500, 1_500) : random.Next(1, 20);
        string stream = "s" + random.Next(streams);
        AppendResult result =
            await engine.AppendAsync(stream, CrashRows.Batch(writer, batch, rows, isLarge ? 2_000 : random.Next(20, 200))).ConfigureAwait(false);
        Print(string.Create(CultureInfo.InvariantCulture, $"{stream} {writer} {batch} {result.FirstOffset} {result.RowCount}\n"));
    }
}

async Task ReadAsync(string stream)
{
    for (long seen = 0; ;)
    {
        seen = await engine.WaitForRowsAsync(stream, seen).ConfigureAwait(false);
        Print(string.Create(CultureInfo.InvariantCulture, $"seen {stream} {seen}\n"));
    }
}

void Print(string line)
{
    lock (printing)
        output.Write(System.Text.Encoding.ASCII.GetBytes(line));
}
