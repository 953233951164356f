namespace Varve.Storage.Producers;

/// <summary>One producer: its epoch, the number of its next append, and what its newest appends became. One thread changes it.</summary>
internal sealed class ProducerState(long id, string name)
{
    /// <summary>
    /// Batches whose answers are kept. A client that sends appends without waiting for answers keeps no more than that under way, and can then
    /// repeat each of them.
    /// </summary>
    public const int KeptBatchesMax = 128;

    /// <summary>What a producer takes in memory, at most: once as decided and once as applied.</summary>
    public const long WeightBytes = 2 * (512 + (KeptBatchesMax * 40));

    private readonly Queue<ProducedBatch> _kept = [];

    public long Id { get; } = id;

    public string Name { get; } = name;

    public int Epoch { get; private set; }

    public long NextSequence { get; private set; }

    /// <summary>When it was opened or used last, microseconds since 1970-01-01 UTC.</summary>
    public long LastTimeMicros { get; private set; }

    public ProducerSession Session => new(Id, Name, Epoch, NextSequence);

    /// <summary>The oldest first.</summary>
    public IReadOnlyCollection<ProducedBatch> Kept => _kept;

    public void Open(int epoch, long timeMicros)
    {
        Epoch = epoch;
        LastTimeMicros = Math.Max(LastTimeMicros, timeMicros);
    }

    /// <param name="sequence">The append.</param>
    /// <param name="batches">What it became; at most <see cref="KeptBatchesMax"/>.</param>
    /// <param name="timeMicros">When.</param>
    public void Take(long sequence, ReadOnlySpan<ProducedBatch> batches, long timeMicros)
    {
        NextSequence = sequence + 1;
        LastTimeMicros = Math.Max(LastTimeMicros, timeMicros);
        foreach (ProducedBatch batch in batches)
            _kept.Enqueue(batch);
        while (_kept.Count > KeptBatchesMax)
            ForgetOldest();
    }

    /// <summary>What an append became, in the order of its batches; none where that is not kept.</summary>
    public ProducedBatch[] Find(long sequence) => [.. _kept.Where(b => b.Sequence == sequence)];

    public ProducerState Copy()
    {
        ProducerState copy = new(Id, Name);
        copy.Restore(Epoch, NextSequence, LastTimeMicros, _kept);
        return copy;
    }

    public void Restore(int epoch, long nextSequence, long lastTimeMicros, IEnumerable<ProducedBatch> kept)
    {
        Epoch = epoch;
        NextSequence = nextSequence;
        LastTimeMicros = lastTimeMicros;
        foreach (ProducedBatch batch in kept)
            _kept.Enqueue(batch);
    }

    /// <summary>An append is answered with all of its batches or not at all.</summary>
    private void ForgetOldest()
    {
        long sequence = _kept.Peek().Sequence;
        while (_kept.Count > 0 && _kept.Peek().Sequence == sequence)
            _kept.Dequeue();
    }
}
