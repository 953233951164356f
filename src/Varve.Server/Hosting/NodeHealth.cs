using Varve.Storage;

namespace Varve.Server.Hosting;

/// <summary>Whether this node can take appends, and if not, why. Any thread may ask; the host alone says when it starts and stops.</summary>
internal sealed class NodeHealth
{
    private volatile StorageEngine? _engine;
    private volatile Func<IReadOnlyList<string>>? _warnings;
    private volatile bool _isStopping;

    /// <summary>Null: ready. Else why not, in words for an operator.</summary>
    public string? Problem
    {
        get
        {
            if (_isStopping)
                return "the node is stopping";
            if (_engine is not { } engine)
                return "the node is starting: it recovers from its log";
            if (!engine.IsAccepting)
                return $"the node has stopped accepting appends: {engine.StopReason?.Message ?? "its log is closed"}";
            return engine.Shortage is { } shortage ? $"the node refuses appends for now: {shortage.Message}" : null;
        }
    }

    /// <summary>Whether the problem is one that nobody asked for: the engine gave up by itself, or the disk is full.</summary>
    public bool IsFailed => !_isStopping && _engine is { } engine && (!engine.IsAccepting || engine.Shortage is not null);

    /// <summary>What an operator should look at although the node takes appends, a line each. Anybody may read them: they name nothing.</summary>
    public IReadOnlyList<string> Warnings => _warnings?.Invoke() ?? [];

    /// <param name="engine">Takes appends from now on.</param>
    /// <param name="warnings">Asked at each look.</param>
    public void Opened(StorageEngine engine, Func<IReadOnlyList<string>> warnings)
    {
        _warnings = warnings;
        _engine = engine;
    }

    public void Stopping() => _isStopping = true;
}
