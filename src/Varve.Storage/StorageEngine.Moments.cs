using System.Globalization;
using Varve.Storage.Sequencing;
using Varve.Storage.Streams;

namespace Varve.Storage;

/// <summary>What was visible at one position, at one moment, or will be.</summary>
public sealed partial class StorageEngine
{
    /// <summary>Completes when everything at or below the position is visible. Throws <see cref="StorageErrorCode.NodeStopped"/> when that cannot come.</summary>
    /// <param name="position">One that was acknowledged, here or elsewhere.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task WaitForPositionAsync(LogPosition position, CancellationToken cancellationToken = default) =>
        VisibleUpTo >= position ? Task.CompletedTask : WaitUntilVisibleAsync(position, cancellationToken);

    /// <summary>
    /// The same, for so long. Throws <see cref="StorageErrorCode.PositionNotReached"/> then, with what was expected and what was found.
    /// </summary>
    public async Task WaitForPositionAsync(LogPosition position, TimeSpan wait, TimeProvider time, CancellationToken cancellationToken)
    {
        if (VisibleUpTo >= position)
            return;
        using var limit = new CancellationTokenSource(wait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await WaitUntilVisibleAsync(position, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new StorageException(
                StorageErrorCode.PositionNotReached,
                string.Create(CultureInfo.InvariantCulture, $"position {position} was asked for; after {wait.TotalSeconds:0.###} s, {VisibleUpTo} is visible"));
        }
    }

    /// <summary>
    /// Completes when every row whose <c>_time</c> is at or before now is visible: only then the rows up to a time stay the same.
    /// </summary>
    public async Task SettleTimeAsync(CancellationToken cancellationToken = default)
    {
        // A node that has stopped shows no row any more.
        if (_sequencer.StopReason is not null)
            return;
        PendingBarrier barrier = new();
        _sequencer.Submit(barrier);
        await barrier.Reached.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Views of several streams of one moment: all of them hold exactly the rows at or below one position, which all of them tell.
    /// </summary>
    public IReadOnlyList<StreamView> OpenViews(IReadOnlyList<string> names)
    {
        StreamHead[] heads = new StreamHead[names.Count];
        SpinWait publishing = default;
        while (true)
        {
            long before = _catalog.PublishCount;
            LogPosition position = VisibleUpTo;
            for (int i = 0; i < heads.Length; i++)
            {
                heads[i] = _catalog.Head.Find(names[i]).Head;
                if (heads[i].Position > position)
                    position = heads[i].Position;
            }

            if (before % 2 == 0 && _catalog.PublishCount == before)
                return [.. heads.Select(h => h.IsDropped ? throw Dropped(h.Stream.Name) : h.Stream.Views.Open(h, position, _segmentFiles))];
            publishing.SpinOnce();
        }
    }

    /// <summary>
    /// A stream as it was. Columns are those that it has now, and rows that retention has let go stay away. The position must be visible, and of a time
    /// <see cref="SettleTimeAsync"/> must have completed after it had passed. Throws <see cref="StorageErrorCode.OffsetOutOfRange"/> where what was
    /// asked for is not held any more, or was not there yet.
    /// </summary>
    public StreamView OpenView(string name, AsOf moment)
    {
        LogPosition visible = VisibleUpTo;
        StreamState stream = _catalog.Head.Find(name);
        StreamView view = OpenView(stream, visible);
        switch (moment)
        {
            case AsOf.AtPosition at:
                return Cut(view, EndAt(stream, at.Position), $"position {at.Position}", at.Position);
            case AsOf.AtTime at:
                if (at.Time < view.Stream.CreatedAt)
                    throw NotHeld(name, Shown(at.Time), $"it was created at {view.Stream.CreatedAt:O}");
                return Cut(view, view.EndAt(at.Time), Shown(at.Time), null);
            case AsOf.AtOffsets at:
                KeyValuePair<string, long> end = at.EndOffsets.FirstOrDefault(e => StreamName.Comparer.Equals(e.Key, name));
                return end.Key is null ? view : Cut(view, end.Value, $"offset {end.Value}", null);
            default:
                throw new ArgumentException($"there is no {moment.GetType().Name}", nameof(moment));
        }

        static string Shown(DateTimeOffset time) => $"time {time.UtcDateTime:O}";
    }

    /// <summary>
    /// Where a stream ended when everything at or below a position was visible. The position must be visible. Throws
    /// <see cref="StorageErrorCode.OffsetOutOfRange"/> where that is not known any more.
    /// </summary>
    public long FindEndOffset(string name, LogPosition position) => EndAt(_catalog.Head.Find(name), position);

    private static long EndAt(StreamState stream, LogPosition position) =>
        stream.Positions.EndAt(position) ?? throw NotHeld(
            stream.Name, $"position {position}", $"the oldest position that is known of it is {stream.Positions.Oldest}");

    private static StreamView Cut(StreamView view, long endOffset, string what, LogPosition? position)
    {
        if (endOffset > view.EndOffset || endOffset < view.FirstOffset || (endOffset == view.FirstOffset && endOffset > 0))
            throw NotHeld(view.Stream.Name, what, $"the rows from {view.FirstOffset} to {view.EndOffset} are held");
        return view.Until(endOffset, position);
    }

    private static StorageException NotHeld(string stream, string what, string why) =>
        new(StorageErrorCode.OffsetOutOfRange, $"cannot read stream '{stream}' as of {what}: {why}");

    private async Task WaitUntilVisibleAsync(LogPosition position, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Taken before looking: a change after the look completes it.
            Task change = _sequencer.VisibleChanges.Next();
            if (VisibleUpTo >= position)
                return;
            ThrowIfStopped();
            await change.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
