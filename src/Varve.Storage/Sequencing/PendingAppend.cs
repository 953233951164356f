using Varve.Arrow;
using Varve.Storage.Keys;
using Varve.Storage.Records;
using Varve.Storage.Streams;
using Varve.Storage.Tail;

namespace Varve.Storage.Sequencing;

/// <summary>
/// An append on its way through the sequencer, checked and encoded by its caller. It owns the encoded bytes and the reserved memory until it ends.
/// The caller can call it off until the sequencer takes it; from then on the outcome has to be awaited, because the rows may be in the log.
/// </summary>
internal sealed class PendingAppend(StreamState stream, PreparedAppend rows, MemoryBudget budget) : PendingOperation
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Ended = 2;

    private readonly TaskCompletionSource<AppendResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _cancellation;
    private int _state;
    private long _timeMicros;
    private long _firstOffset;
    private LogPosition _lastPosition;

    public Task<AppendResult> Result => _result.Task;

    public int RowCount => rows.RowCount;

    public override long SizeBytes => rows.SizeBytes;

    /// <summary>Lets the caller call the append off. To be used before the operation is pushed.</summary>
    public void CancelWith(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
            _cancellation = cancellationToken.UnsafeRegister(static (append, token) => ((PendingAppend)append!).CallOff(token), this);
    }

    public override bool Stage(StagedState state)
    {
        if (Interlocked.CompareExchange(ref _state, Taken, Waiting) != Waiting)
            return false;
        if (!state.TryFind(stream.Id, out StagedStream? staged))
        {
            Fail(PendingDrop.Dropped("append to", stream.Name));
            return false;
        }

        _timeMicros = state.Stamp(staged);
        _firstOffset = staged.EndOffset;
        RecordSealer? sealer = state.Keys.SealerOf(stream.Id);
        for (int i = 0; i < rows.Parts.Length; i++)
        {
            rows.Parts[i].Encoded.SealWith(sealer);
            rows.Parts[i].Encoded.Stamp(_timeMicros, staged.EndOffset, i, rows.Parts.Length);
            ReadOnlySpan<byte> record = rows.Parts[i].Encoded.Bytes;
            _lastPosition = rows.Parts.Length == 1 ? state.Packer.Add(record) : state.Packer.AddAlone(record);
            staged.EndOffset += rows.Parts[i].Rows.RowCount;
        }

        rows.ReleaseEncoded();
        return true;
    }

    public override void Apply(StreamCatalog catalog)
    {
        long offset = _firstOffset;
        for (int i = 0; i < rows.Parts.Length; i++)
        {
            RecordBatch part = rows.Parts[i].Rows;
            LogPosition position = new(_lastPosition.Value - (rows.Parts.Length - 1 - i));
            catalog.Apply(new AppendRecord(stream.Id, _timeMicros, offset, i, rows.Parts.Length, rows.Columns, part), position);
            offset += part.RowCount;
        }
    }

    public override void Complete()
    {
        _state = Ended;
        End();
        _result.TrySetResult(new AppendResult(stream.Name, _firstOffset, rows.RowCount, _lastPosition, Durability.LocalDisk));
    }

    public override void Fail(Exception exception)
    {
        if (Interlocked.Exchange(ref _state, Ended) == Ended)
            return;
        End();
        _result.TrySetException(exception);
    }

    private void CallOff(CancellationToken token)
    {
        if (Interlocked.CompareExchange(ref _state, Ended, Waiting) != Waiting)
            return;
        End();
        _result.TrySetCanceled(token);
    }

    private void End()
    {
        // Not disposed: that would wait for a callback that is running, which may be the one that called this.
        _cancellation.Unregister();
        rows.ReleaseEncoded();
        budget.Release(rows.ReservedBytes);
    }
}
