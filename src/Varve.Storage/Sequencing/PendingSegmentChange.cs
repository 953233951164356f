using Varve.Storage.Records;
using Varve.Storage.Streams;

namespace Varve.Storage.Sequencing;

/// <summary>
/// A change of a stream's segments on its way through the sequencer: rows sealed, segments replaced, rows trimmed. The files that it names are
/// durable, with their names. That it does not fit any more is an outcome; the task fails only where the node stops.
/// </summary>
internal abstract class PendingSegmentChange(StreamState stream) : PendingOperation
{
    private readonly TaskCompletionSource<SegmentOutcome> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LogRecord? _record;
    private LogPosition _position;

    public Task<SegmentOutcome> Result => _result.Task;

    public sealed override bool FreesSpace => true;

    public sealed override bool Stage(StagedState state)
    {
        if (!state.TryFind(stream.Id, out StagedStream? staged))
        {
            _result.TrySetResult(SegmentOutcome.StreamDropped);
            return false;
        }

        if (TryChange(staged) is not { } changed)
        {
            _result.TrySetResult(SegmentOutcome.Overtaken);
            return false;
        }

        staged.Segments = changed;
        _record = Record(staged.Id, state.Stamp(staged));
        state.ChangeConsumers(_record);
        _position = state.Write(_record);
        return true;
    }

    public sealed override void Apply(StreamCatalog catalog) => catalog.Apply(_record!, _position);

    public sealed override void Complete() => _result.TrySetResult(SegmentOutcome.Done);

    public sealed override void Fail(Exception exception) => _result.TrySetException(exception);

    /// <summary>The stream's segments after the change; null where it does not fit those before.</summary>
    protected abstract SegmentList? TryChange(StagedStream staged);

    protected abstract LogRecord Record(long streamId, long timeMicros);
}
