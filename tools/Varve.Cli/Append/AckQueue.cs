using Varve.Client;

namespace Varve.Cli.Append;

/// <summary>Appends that are on their way, in their order. One caller.</summary>
/// <param name="acknowledged">Told of each, in that order.</param>
internal sealed class AckQueue(Action<AppendAck> acknowledged)
{
    private readonly Queue<Task<AppendAck>> _waiting = new();

    /// <summary>Adds one, and tells of those before it that are answered.</summary>
    /// <exception cref="VarveException">One of these failed.</exception>
    public async Task AddAsync(Task<AppendAck> append)
    {
        _waiting.Enqueue(append);
        while (_waiting.TryPeek(out Task<AppendAck>? first) && first.IsCompleted)
            acknowledged(await _waiting.Dequeue());
    }

    /// <summary>Waits for all.</summary>
    /// <exception cref="VarveException">One failed.</exception>
    public async Task FinishAsync(CancellationToken cancellation)
    {
        while (_waiting.TryDequeue(out Task<AppendAck>? append))
            acknowledged(await append.WaitAsync(cancellation));
    }

    /// <summary>After a failure: tells of those that were answered before it.</summary>
    public async Task FinishAfterFailureAsync()
    {
        while (_waiting.TryDequeue(out Task<AppendAck>? append))
        {
            await ((Task)append).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!append.IsCompletedSuccessfully)
                return;
            acknowledged(await append);
        }
    }
}
