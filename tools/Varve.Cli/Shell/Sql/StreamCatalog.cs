using Varve.Client;

namespace Varve.Cli.Shell.Sql;

/// <summary>
/// The daemon's streams for completion, asked for when they are first needed and again after statements that may have changed them. Where the daemon
/// does not answer soon, what was known last. One caller.
/// </summary>
internal sealed class StreamCatalog(VarveClient client, TimeProvider time)
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(10);

    private IReadOnlyList<StreamNames> _known = [];
    private long? _askedAt;

    public void Forget() => _askedAt = null;

    public async Task<IReadOnlyList<StreamNames>> GetAsync(CancellationToken cancellation)
    {
        if (_askedAt is { } asked && time.GetElapsedTime(asked) < FreshFor)
            return _known;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(WaitMax);
        try
        {
            _known = [.. (await client.ListStreamsAsync(cancellation: late.Token))
                .Select(s => new StreamNames(s.Name, [.. s.Schema.Columns_.Select(c => c.Name)]))];
            _askedAt = time.GetTimestamp();
        }
        catch (Exception e) when (e is VarveException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // Completion must not fail: the next statement will tell what is wrong.
        }

        return _known;
    }
}
