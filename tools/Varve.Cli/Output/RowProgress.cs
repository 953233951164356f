using Spectre.Console;

namespace Varve.Cli.Output;

/// <summary>Counts rows and draws how many they are while they grow. Counted by one thread, drawn by another.</summary>
internal class RowProgress(TimeProvider time)
{
    private static readonly TimeSpan RedrawEvery = TimeSpan.FromMilliseconds(200);

    private readonly long _start = time.GetTimestamp();
    private long _rows;

    /// <summary>Rows that will come; negative once that is not known.</summary>
    private long _rowsExpected;

    public long Rows => Interlocked.Read(ref _rows);

    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    public void Add(long rows) => Interlocked.Add(ref _rows, rows);

    /// <summary>So many more will come; null: nobody knows how many.</summary>
    public void ExpectMore(long? rows)
    {
        long known = Interlocked.Read(ref _rowsExpected);
        Interlocked.Exchange(ref _rowsExpected, known < 0 || rows is null ? -1 : known + rows.Value);
    }

    /// <summary>So many are there in all by now.</summary>
    public void Expect(long rows) => Interlocked.Exchange(ref _rowsExpected, rows);

    /// <summary>Runs the work with a progress bar, on standard error and only where a person looks at it.</summary>
    public async Task ShowAsync(string what, Func<Task> work)
    {
        if (Console.IsErrorRedirected)
        {
            await work();
            return;
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        await console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask bar = context.AddTask(Markup.Escape(what), maxValue: 1);
                Task running = work();
                using var timer = new PeriodicTimer(RedrawEvery, time);
                while (!running.IsCompleted)
                {
                    await Task.WhenAny(running, timer.WaitForNextTickAsync().AsTask());
                    Draw(bar, what);
                }

                await running;
            });
    }

    private void Draw(ProgressTask bar, string what)
    {
        long expected = Interlocked.Read(ref _rowsExpected);
        bar.IsIndeterminate = expected <= 0;
        bar.MaxValue = Math.Max(1, expected);
        bar.Value = Math.Min(Rows, bar.MaxValue);
        double left = expected > Rows && Rows > 0 ? Math.Ceiling((expected - Rows) * Elapsed.TotalSeconds / Rows) : 0;
        string behind = expected > Rows ? $", {expected - Rows:N0} to go" + (left > 0 ? $" in {Quantity.Duration(TimeSpan.FromSeconds(left))}" : "") : "";
        bar.Description = Markup.Escape($"{what}: {Rows:N0} rows, {Rows / Elapsed.TotalSeconds:N0} rows/s{behind}");
    }
}
