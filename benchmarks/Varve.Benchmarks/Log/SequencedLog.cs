using Varve.Storage.Log;

namespace Varve.Benchmarks.Log;

/// <summary>
/// The log behind a sequencer: appends wait in a queue; whoever finds it idle hands all that wait to the log, asks for one commit, and goes on with
/// what came meanwhile, while the disk is at work.
/// </summary>
internal sealed class SequencedLog : IDurableTarget
{
    private readonly DurableLog _log;
    private readonly Lock _gate = new();
    private List<PendingAppend> _waiting = [];
    private bool _isRunning;

    private SequencedLog(DurableLog log) => _log = log;

    private sealed class PendingAppend(ReadOnlyMemory<byte> bytes) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public ReadOnlyMemory<byte> Bytes { get; } = bytes;
    }

    /// <param name="directory">Of the log.</param>
    /// <param name="zerosBytes">How far ahead zeros are laid out from the start; null for as far as usual.</param>
    public static async Task<IDurableTarget> OpenAsync(string directory, long? zerosBytes)
    {
        var options = new DurableLogOptions { Directory = directory };
        if (zerosBytes is { } bytes)
            options = options with { ZeroAheadBytes = bytes, ZeroAheadAtFirstBytes = bytes };
        return new SequencedLog(await DurableLog.OpenAsync(options, _ => { }, CancellationToken.None).ConfigureAwait(false));
    }

    public Task AppendAsync(ReadOnlyMemory<byte> bytes)
    {
        var append = new PendingAppend(bytes);
        bool first;
        lock (_gate)
        {
            _waiting.Add(append);
            first = !_isRunning;
            _isRunning = true;
        }

        if (first)
            Run();
        return append.Task;
    }

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    private void Run()
    {
        while (Take() is { } taken)
        {
            foreach (PendingAppend append in taken)
                _log.Enqueue(default, append.Bytes.Span);
            _ = AnswerAsync(_log.CommitAsync(), taken);
        }
    }

    private static async Task AnswerAsync(Task commit, List<PendingAppend> appends)
    {
        await commit.ConfigureAwait(false);
        foreach (PendingAppend append in appends)
            append.SetResult();
    }

    private List<PendingAppend>? Take()
    {
        lock (_gate)
        {
            List<PendingAppend> taken = _waiting;
            _isRunning = taken.Count > 0;
            if (!_isRunning)
                return null;
            _waiting = [];
            return taken;
        }
    }
}
