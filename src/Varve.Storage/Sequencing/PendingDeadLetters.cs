using Varve.Storage.Consumers;
using Varve.Storage.Records;
using Varve.Storage.Streams;
using Varve.Storage.Tail;

namespace Varve.Storage.Sequencing;

/// <summary>
/// Rows that go to the dead letters, and the progress that passes them: one group of records, so that neither is there without the other. It owns the
/// encoded rows and the reserved memory until it ends.
/// </summary>
/// <param name="stream">The consumer's.</param>
/// <param name="consumerId">The consumer.</param>
/// <param name="epoch">In which the rows were delivered.</param>
/// <param name="range">The rows.</param>
/// <param name="letters">What goes to the stream for dead letters, checked and encoded.</param>
/// <param name="budget">Where the memory was reserved.</param>
internal sealed class PendingDeadLetters(
    StreamState stream, long consumerId, int epoch, OffsetRange range, PendingBatch letters, MemoryBudget budget) : PendingOperation
{
    private readonly TaskCompletionSource<bool> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AppendGroupRecord? _group;
    private ConsumerProgressRecord? _progress;
    private LogPosition _position;

    /// <summary>False where the rows were passed meanwhile, in part or whole, or the consumer is gone: nothing was stored.</summary>
    public Task<bool> Result => _result.Task;

    public override long SizeBytes { get; } = letters.Rows.SizeBytes;

    public override bool Stage(StagedState state)
    {
        try
        {
            if (!IsOpen(state))
            {
                End();
                _result.TrySetResult(false);
                return false;
            }

            StagedStream target = letters.Check(state);
            Write(state, target);
            return true;
        }
        catch (StorageException refused)
        {
            Fail(refused);
            return false;
        }
    }

    public override void Apply(StreamCatalog catalog)
    {
        catalog.Apply(_group!, _position);
        catalog.Apply(_progress!, _position);
        letters.Apply(catalog, isGrouped: true);
    }

    public override void Complete()
    {
        End();
        _result.TrySetResult(true);
    }

    public override void Fail(Exception exception)
    {
        if (_result.TrySetException(exception))
            End();
    }

    private bool IsOpen(StagedState state) =>
        state.TryFind(stream.Id, out _) && state.Consumers.TryFind(consumerId, out ConsumerState? consumer)
        && consumer.Epoch == epoch && consumer.Open(range).SequenceEqual([range]);

    private void Write(StagedState state, StagedStream target)
    {
        long now = state.Now();
        _group = new AppendGroupRecord(now, default, 1);
        _progress = new ConsumerProgressRecord(stream.Id, now, consumerId, [range], []) { IsDeadLetters = true };
        _ = state.Write(_group);
        _ = state.Write(_progress);
        _position = letters.Write(state, target, isGrouped: true);
        state.ChangeConsumers(_progress);
    }

    private void End()
    {
        letters.Rows.ReleaseEncoded();
        budget.Release(letters.Rows.ReservedBytes);
    }
}
