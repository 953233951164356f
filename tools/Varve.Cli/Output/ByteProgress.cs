using Spectre.Console;
using Varve.Backup;

namespace Varve.Cli.Output;

/// <summary>
/// Draws how much of something is copied, at which rate, and how long it will take: a bar where a person looks, now and then a line where nobody does. On
/// standard error. Told by any thread, drawn by one.
/// </summary>
internal sealed class ByteProgress(string what, TimeProvider time) : IProgress<BackupProgress>
{
    private static readonly TimeSpan RedrawEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(10);

    private readonly long _start = time.GetTimestamp();
    private long _done;
    private long _total;

    /// <param name="doneBytes">So far.</param>
    /// <param name="totalBytes">0: not known.</param>
    public void Report(long doneBytes, long totalBytes)
    {
        Interlocked.Exchange(ref _total, totalBytes);
        Interlocked.Exchange(ref _done, doneBytes);
    }

    public void Report(BackupProgress value) => Report(value.DoneBytes, value.TotalBytes);

    /// <summary>Runs the work; with JSON for the answer, nothing is drawn.</summary>
    public async Task<T> ShowAsync<T>(Func<Task<T>> work, bool asJson)
    {
        if (asJson)
            return await work();
        if (Console.IsErrorRedirected)
            return await DrawAsync(work, LineEvery, () => Console.Error.WriteLine($"varve: {Line()}"));
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask bar = context.AddTask(Markup.Escape(what), maxValue: 1);
                return await DrawAsync(work, RedrawEvery, () => Draw(bar));
            });
    }

    /// <summary>As "restore: 1.2 GiB of 3.4 GiB, 210 MiB/s, 10 s to go".</summary>
    public string Line()
    {
        long done = Interlocked.Read(ref _done);
        long total = Interlocked.Read(ref _total);
        if (total == 0)
            return $"{what}: getting ready";
        double rate = done / Math.Max(time.GetElapsedTime(_start).TotalSeconds, 1e-3);
        string left = done == 0 || done >= total ? "" : $", {Quantity.Duration(TimeSpan.FromSeconds(Math.Ceiling((total - done) / rate)))} to go";
        return $"{what}: {Quantity.Bytes(done)} of {Quantity.Bytes(total)}, {Quantity.Bytes(rate)}/s{left}";
    }

    private async Task<T> DrawAsync<T>(Func<Task<T>> work, TimeSpan every, Action draw)
    {
        Task<T> running = work();
        using var timer = new PeriodicTimer(every, time);
        while (await Task.WhenAny(running, timer.WaitForNextTickAsync().AsTask()) != running)
            draw();
        return await running;
    }

    private void Draw(ProgressTask bar)
    {
        long total = Interlocked.Read(ref _total);
        bar.IsIndeterminate = total == 0;
        bar.MaxValue = Math.Max(1, total);
        bar.Value = Math.Min(Interlocked.Read(ref _done), total);
        bar.Description = Markup.Escape(Line());
    }
}
