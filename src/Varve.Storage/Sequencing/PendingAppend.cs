using Varve.Storage.Producers;
using Varve.Storage.Records;
using Varve.Storage.Streams;
using Varve.Storage.Tail;

namespace Varve.Storage.Sequencing;

/// <summary>
/// An append on its way through the sequencer, checked and encoded by its caller. It owns the encoded bytes and the reserved memory until it ends.
/// The caller can call it off until the sequencer takes it; from then on the outcome has to be awaited, because the rows may be in the log.
/// </summary>
/// <param name="batches">Each of another stream; they are stored together or not at all.</param>
/// <param name="options">The terms.</param>
/// <param name="budget">Where the memory was reserved.</param>
internal sealed class PendingAppend(PendingBatch[] batches, AppendOptions options, MemoryBudget budget) : PendingOperation
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Ended = 2;

    /// <summary>More than an entry takes besides its records, and a group's record.</summary>
    private const int EntryBytesMax = 256;

    private readonly TaskCompletionSource<AppendResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _cancellation;
    private int _state;
    private LogPosition _position;

    /// <summary>Written before the batches; null where there is only one that nobody counts.</summary>
    private AppendGroupRecord? _group;

    /// <summary>What the append became when it came first; null where it comes first now.</summary>
    private ProducedBatch[]? _first;

    /// <summary>The outcome for the first batch.</summary>
    public Task<AppendResult> Result => _result.Task;

    /// <summary>The outcome for every batch, once <see cref="Result"/> says that there is one.</summary>
    public AppendResult[] Results => [.. Enumerable.Range(0, batches.Length).Select(ResultOf)];

    /// <summary>Rows that it brings.</summary>
    public int RowCount { get; } = batches.Sum(b => b.Rows.RowCount);

    /// <summary>Whether its rows were there already.</summary>
    public bool IsDuplicate => _first is not null;

    public override long SizeBytes { get; } = batches.Sum(b => b.Rows.SizeBytes);

    /// <summary>Each record may leave as much of a page unused as it takes itself.</summary>
    public override long LogBytesMax(int pageBytes) =>
        batches.Sum(b => b.Rows.Parts.Sum(p => 2L * (p.Encoded.LengthBytes + EntryBytesMax))) + (2 * EntryBytesMax);

    public override void Refuse(StorageException reason)
    {
        options.Chain?.Break();
        Fail(reason);
    }

    /// <summary>Lets the caller call the append off. To be used before the operation is pushed.</summary>
    public void CancelWith(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
            _cancellation = cancellationToken.UnsafeRegister(static (append, token) => ((PendingAppend)append!).CallOff(token), this);
    }

    public override bool Stage(StagedState state)
    {
        if (Interlocked.CompareExchange(ref _state, Taken, Waiting) != Waiting)
        {
            options.Chain?.Break();
            return false;
        }

        StagedStream[] streams;
        try
        {
            streams = Decide(state);
        }
        catch (StorageException refused)
        {
            options.Chain?.Break();
            Fail(refused);
            return false;
        }

        if (_first is null)
            Write(state, streams);
        return true;
    }

    public override void Apply(StreamCatalog catalog)
    {
        if (_first is not null)
            return;
        if (_group is not null)
            catalog.Apply(_group, _position);
        foreach (PendingBatch batch in batches)
            batch.Apply(catalog, _group is not null);
    }

    public override void Complete()
    {
        _state = Ended;
        End();
        _result.TrySetResult(ResultOf(0));
    }

    public override void Fail(Exception exception)
    {
        if (Interlocked.Exchange(ref _state, Ended) == Ended)
            return;
        End();
        _result.TrySetException(exception);
    }

    /// <summary>The streams to write to, none where that was done before. Throws to refuse.</summary>
    private StagedStream[] Decide(StagedState state)
    {
        if (options.Chain is { IsBroken: true })
            throw Refusals.BehindRefused(batches[0].Stream.Name);
        if (options.Producer is { } asked)
        {
            ProducerState producer = state.FindProducer(asked, batches[0].Stream.Name);
            if (asked.Sequence < producer.NextSequence)
            {
                _first = Known(producer, asked.Sequence);
                return [];
            }
        }

        return Array.ConvertAll(batches, b => b.Check(state));
    }

    private void Write(StagedState state, StagedStream[] streams)
    {
        if (batches.Length > 1 || options.Producer is not null)
        {
            _group = new AppendGroupRecord(state.Now(), options.Producer ?? default, batches.Length);
            state.Write(_group);
        }

        for (int i = 0; i < batches.Length; i++)
            _position = batches[i].Write(state, streams[i], _group is not null);
        if (_group is { HasProducer: true })
            state.Take(_group, Array.ConvertAll(batches, Produced));
    }

    private ProducedBatch[] Known(ProducerState producer, long sequence)
    {
        ProducedBatch[] first = producer.Find(sequence);
        if (first.Length == 0)
            throw Refusals.AnswerNotKept(producer, sequence, batches[0].Stream.Name);
        bool isSame = first.Length == batches.Length;
        for (int i = 0; isSame && i < first.Length; i++)
            isSame = first[i].StreamId == batches[i].Stream.Id && first[i].RowCount == batches[i].Rows.RowCount;
        return isSame ? first : throw Refusals.AnotherHadItsNumber(producer, first[0], batches[0]);
    }

    private ProducedBatch Produced(PendingBatch batch) =>
        new(_group!.Producer.Sequence, batch.Stream.Id, batch.FirstOffset, batch.Rows.RowCount, _position);

    private AppendResult ResultOf(int i) => _first is null
        ? new AppendResult(batches[i].Stream.Name, batches[i].FirstOffset, batches[i].Rows.RowCount, _position, Durability.LocalDisk)
        : new AppendResult(batches[i].Stream.Name, _first[i].FirstOffset, _first[i].RowCount, _first[i].Position, Durability.LocalDisk)
        {
            IsDuplicate = true,
        };

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
        foreach (PendingBatch batch in batches)
        {
            batch.Rows.ReleaseEncoded();
            budget.Release(batch.Rows.ReservedBytes);
        }
    }
}
