using Google.Protobuf;

namespace Varve.Server.FlightSql.Statements;

/// <summary>The executions under way that a client may cancel, by the id in their ticket. Any thread.</summary>
internal sealed class RunningStatements
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ByteString, List<RunningStatement>> _byId = [];

    /// <summary>Enters an execution; disposing the result takes it out.</summary>
    /// <param name="id">Empty: it cannot be cancelled by ticket. The same ticket may be used twice at once.</param>
    /// <param name="cancelled">Fires when the caller is gone.</param>
    public RunningStatement Start(ByteString id, CancellationToken cancelled)
    {
        var running = new RunningStatement(this, id, cancelled);
        if (!id.IsEmpty)
        {
            lock (_lock)
            {
                if (!_byId.TryGetValue(id, out List<RunningStatement>? same))
                    _byId.Add(id, same = []);
                same.Add(running);
            }
        }

        return running;
    }

    /// <summary>Cancels all executions of that id; false where none is under way.</summary>
    public bool Cancel(ByteString id)
    {
        RunningStatement[] running;
        lock (_lock)
        {
            if (!_byId.TryGetValue(id, out List<RunningStatement>? same))
                return false;
            running = [.. same];
        }

        foreach (RunningStatement statement in running)
            statement.Cancel();
        return true;
    }

    internal void End(RunningStatement running)
    {
        if (running.Id.IsEmpty)
            return;
        lock (_lock)
        {
            List<RunningStatement> same = _byId[running.Id];
            same.Remove(running);
            if (same.Count == 0)
                _byId.Remove(running.Id);
        }
    }
}
