using Spectre.Console;
using Varve.Client;

namespace Varve.Cli.Append;

/// <summary>Counts what is acknowledged and draws it while it grows. Counted by one thread, drawn by another.</summary>
internal sealed class AppendProgress(TimeProvider time)
{
    private static readonly TimeSpan RedrawEvery = TimeSpan.FromMilliseconds(200);

    private readonly long _start = time.GetTimestamp();
    private long _rows;
    private long _batches;
    private AppendAck? _first;
    private AppendAck? _last;

    /// <summary>Rows of the files opened so far; negative once one of them did not tell.</summary>
    private long _rowsExpected;

    public void Acknowledged(AppendAck ack)
    {
        _first ??= ack;
        _last = ack;
        _batches++;
        Interlocked.Add(ref _rows, ack.RowCount);
    }

    /// <summary>Another file begins; null: it does not tell how many rows it has.</summary>
    public void Opened(long? rowsExpected)
    {
        long known = Interlocked.Read(ref _rowsExpected);
        Interlocked.Exchange(ref _rowsExpected, known < 0 || rowsExpected is null ? -1 : known + rowsExpected.Value);
    }

    public AppendSummary Summary(string stream, bool created) =>
        new(stream, created, _rows, _batches, _first, _last, time.GetElapsedTime(_start));

    /// <summary>What a failure leaves behind, for the end of its message; empty where nothing was acknowledged.</summary>
    public string WhatIsSafe() =>
        _last is null ? "" : $". Before that, {_rows:N0} rows were appended and are durable, up to offset {_last.FirstOffset + _last.RowCount - 1}";

    /// <summary>Runs the work with a progress bar, on standard error and only where a person looks at it.</summary>
    public async Task ShowAsync(string stream, Func<Task> work)
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
                ProgressTask bar = context.AddTask(Markup.Escape(stream), maxValue: 1);
                Task running = work();
                using var timer = new PeriodicTimer(RedrawEvery, time);
                while (!running.IsCompleted)
                {
                    await Task.WhenAny(running, timer.WaitForNextTickAsync().AsTask());
                    long rows = Interlocked.Read(ref _rows);
                    long expected = Interlocked.Read(ref _rowsExpected);
                    bar.IsIndeterminate = expected <= 0;
                    bar.MaxValue = Math.Max(1, expected);
                    bar.Value = Math.Min(rows, bar.MaxValue);
                    bar.Description = Markup.Escape($"{stream}: {rows:N0} rows, {rows / time.GetElapsedTime(_start).TotalSeconds:N0} rows/s");
                }

                await running;
            });
    }
}
