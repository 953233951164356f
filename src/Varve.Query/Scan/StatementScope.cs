using Varve.Query.Pruning;
using Varve.Query.Pruning.Conditions;
using Varve.Storage;

namespace Varve.Query.Scan;

/// <summary>
/// What one statement sees of the streams: each stream's view is opened once, so every mention of it in the statement, and every time it
/// is planned, sees the same rows. Thread-safe: DuckDB scans on several threads.
/// </summary>
/// <param name="openView">Gives a stream as the statement sees it.</param>
/// <param name="buffers">Lend memory.</param>
/// <param name="openViews">Gives several streams of one moment; null: each one is right by itself.</param>
internal sealed class StatementScope(
    Func<string, StreamView> openView, BufferPool buffers, Func<IReadOnlyList<string>, IReadOnlyList<StreamView>>? openViews = null)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, StreamView> _views = new(StringComparer.OrdinalIgnoreCase);
    private Exception? _failure;

    /// <summary>Set when the statement was cancelled or ran out of time: scans stop with an error.</summary>
    public volatile bool IsStopped;

    /// <summary>
    /// Set while its plan is read for what it needs of the streams: then the planner is told nothing of the values of columns, since it would leave out or
    /// turn into another form what it finds to be always true of them, and that is what is to be read.
    /// </summary>
    public volatile bool IsPlanRead;

    /// <summary>The first failure inside a callback, which says more than the text that went through DuckDB.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>Where its scanning threads get their memory.</summary>
    public BufferPool Buffers => buffers;

    /// <summary>Whether its scans may hand over reusable dictionaries.</summary>
    public bool ReusesDictionaries { get; init; }

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

    /// <summary>The newest position of the views; null where the statement reads no stream. Exactly theirs, once they are aligned.</summary>
    public LogPosition? Position
    {
        get
        {
            lock (_lock)
                return _views.Count == 0 ? null : _views.Values.Max(v => v.Position);
        }
    }

    /// <summary>
    /// Puts views of one moment in the place of those that were opened one after the other while the statement was planned. The places of columns stay:
    /// new ones only come behind.
    /// </summary>
    /// <returns>Whether some stream has other rows now than those the statement was planned for: then it has to be planned anew.</returns>
    /// <exception cref="QueryException">A stream was dropped meanwhile, and another of its name made.</exception>
    public bool Align()
    {
        lock (_lock)
        {
            bool hasChanged = false;
            if (openViews is null || _views.Count < 2)
                return hasChanged;
            foreach (StreamView view in openViews([.. _views.Values.Select(v => v.Stream.Name)]))
            {
                StreamView planned = _views[view.Stream.Name];
                if (planned.Stream.Id != view.Stream.Id)
                {
                    throw new QueryException(
                        QueryErrorCode.NotFound, $"stream '{view.Stream.Name}' was dropped while the statement was planned; another of that name exists now");
                }

                hasChanged |= (planned.FirstOffset, planned.EndOffset) != (view.FirstOffset, view.EndOffset);
                _views[view.Stream.Name] = view;
            }

            return hasChanged;
        }
    }

    /// <summary>What the statement needs of each stream, once that is known; streams that are not in it are needed whole.</summary>
    public IReadOnlyDictionary<string, Condition> Conditions { get; set; } = PlanWalk.Nothing;

    public void Fail(Exception failure) => Interlocked.CompareExchange(ref _failure, failure, null);
}
