using Varve.Storage.Log;

namespace Varve.Benchmarks.Log;

/// <summary>
/// The log as the engine uses it: appends wait in a queue, one sequencer at a time hands all that wait to the log and asks for one commit. It does not wait for
/// the commit: what comes meanwhile shares the next one.
/// </summary>
internal sealed class SequencedLog : IDurableTarget
{
    private readonly DurableLog _log;
    private readonly Lock _gate = new();
    private List<(ReadOnlyMemory<byte> Bytes, TaskCompletionSource Done)> _waiting = [];
    private List<(ReadOnlyMemory<byte> Bytes, TaskCompletionSource Done)> _taken = [];
    private Task _sequencer = Task.CompletedTask;
    private bool _isRunning;

    private SequencedLog(DurableLog log) => _log = log;

    public static async Task<SequencedLog> OpenAsync(string directory, DurableLogOptions? options = null) =>
        new(await DurableLog.OpenAsync(options ?? new DurableLogOptions { Directory = directory }, _ => { }, CancellationToken.None).ConfigureAwait(false));

    public Task AppendAsync(ReadOnlyMemory<byte> bytes)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Add((bytes, done));
            if (!_isRunning)
            {
                _isRunning = true;
                _sequencer = Task.Run(Sequence);
            }
        }

        return done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _sequencer.ConfigureAwait(false);
        await _log.DisposeAsync().ConfigureAwait(false);
    }

    private void Sequence()
    {
        while (Take())
        {
            foreach ((ReadOnlyMemory<byte> bytes, _) in _taken)
                _log.Enqueue(default, bytes.Span);
            TaskCompletionSource[] done = [.. _taken.Select(append => append.Done)];
            _taken.Clear();
            _ = AcknowledgeAsync(_log.CommitAsync(), done);
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

    private static async Task AcknowledgeAsync(Task commit, TaskCompletionSource[] appends)
    {
        await commit.ConfigureAwait(false);
        foreach (TaskCompletionSource append in appends)
            append.SetResult();
    }
}
