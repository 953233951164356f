using Varve.Storage.Log;

namespace Varve.Benchmarks.Log;

/// <summary>
/// The log as the engine uses it: appends wait in a queue; whoever finds it idle hands all that wait to the log, asks for one commit, answers everybody, and
/// goes on with what came meanwhile.
/// </summary>
internal sealed class SequencedLog : IDurableTarget
{
    private readonly DurableLog _log;
    private readonly Lock _gate = new();
    private List<PendingAppend> _waiting = [];
    private List<PendingAppend> _taken = [];
    private bool _isRunning;

    private SequencedLog(DurableLog log) => _log = log;

    private sealed class PendingAppend(ReadOnlyMemory<byte> bytes) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public ReadOnlyMemory<byte> Bytes { get; } = bytes;
    }

    public static async Task<IDurableTarget> OpenAsync(string directory) => new SequencedLog(
        await DurableLog.OpenAsync(new DurableLogOptions { Directory = directory }, _ => { }, CancellationToken.None).ConfigureAwait(false));

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
            _ = RunAsync();
        return append.Task;
    }

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    private async Task RunAsync()
    {
        while (Take())
        {
            foreach (PendingAppend append in _taken)
                _log.Enqueue(default, append.Bytes.Span);
            await _log.CommitAsync().ConfigureAwait(false);
            foreach (PendingAppend append in _taken)
                append.SetResult();
            _taken.Clear();
        }
    }

    private bool Take()
    {
        lock (_gate)
        {
            _isRunning = _waiting.Count > 0;
            (_waiting, _taken) = (_taken, _waiting);
            return _isRunning;
        }
    }
}
