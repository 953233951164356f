using Varve.Query.Pruning;
using Varve.Query.Pruning.Conditions;
using Varve.Storage;

namespace Varve.Query.Scan;

/// <summary>
/// What one statement sees of the streams: each stream's view is opened once, so every mention of it in the statement, and every time it
/// is planned, sees the same rows. Thread-safe: DuckDB scans on several threads.
/// </summary>
internal sealed class StatementScope(Func<string, StreamView> openView, BufferPool buffers)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, StreamView> _views = new(StringComparer.OrdinalIgnoreCase);
    private Exception? _failure;

    /// <summary>Set when the statement was cancelled or ran out of time: scans stop with an error.</summary>
    public volatile bool IsStopped;

    /// <summary>The first failure inside a callback, which says more than the text that went through DuckDB.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>Where its scanning threads get their memory.</summary>
    public BufferPool Buffers => buffers;

    /// <summary>What its scans do.</summary>
    public ScanCounts Counts { get; } = new();

    /// <exception cref="StorageException">There is no such stream.</exception>
    public StreamView Open(string stream)
    {
        lock (_lock)
        {
            if (!_views.TryGetValue(stream, out StreamView? view))
            {
                view = openView(stream);
                _views.Add(stream, view);
            }

            return view;
        }
    }

    /// <summary>The views that were opened so far.</summary>
    public IReadOnlyList<StreamView> Views
    {
        get
        {
            lock (_lock)
                return [.. _views.Values];
        }
    }

    /// <summary>What the statement needs of each stream, once that is known; streams that are not in it are needed whole.</summary>
    public IReadOnlyDictionary<string, Condition> Conditions { get; set; } = PlanWalk.Nothing;

    public void Fail(Exception failure) => Interlocked.CompareExchange(ref _failure, failure, null);
}
