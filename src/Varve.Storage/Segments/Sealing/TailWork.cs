using Varve.Storage.Streams;
using Varve.Storage.Tail;

namespace Varve.Storage.Segments.Sealing;

/// <summary>Seals tails: those that the policy chooses, and those that somebody wants sealed. For the service's thread.</summary>
internal sealed class TailWork(
    Func<CatalogHead> streams, MemoryBudget budget, SealLimits limits, Sealer sealer, CarefulWork careful, SealMeter meter, TimeProvider time)
{
    /// <summary>Seals what is most urgent. False when nothing is due.</summary>
    public bool Seal()
    {
        List<TailState> tails = [];
        foreach (StreamState stream in streams().Streams.Values)
        {
            if (TailState.Of(stream) is { } tail && !careful.IsWaiting(stream))
                tails.Add(tail);
        }

        if (SealPolicy.Choose(tails, budget.WantedBytes, Clock.Micros(time), limits) is not { } choice)
            return false;
        careful.Try(choice.Tail.Stream, () => Seal(choice));
        return true;
    }

    /// <summary>Seals all rows of a stream before an offset.</summary>
    /// <exception cref="StorageException">The stream was dropped, a segment could not be written, or the node stops.</exception>
    public void Flush(StreamState stream, long endOffset)
    {
        while (stream.Head is { IsDropped: false } head && head.SealedEnd < endOffset)
        {
            TailState tail = TailState.Of(head, stream)
                ?? throw new InvalidOperationException($"stream '{stream.Name}' ends before its end {endOffset}");
            if (careful.Try(stream, () => Seal(SealPolicy.ForFlush(tail, limits))) is { } failure)
                throw SealFailure.Of("flush", stream, failure);
        }

        if (stream.Head.IsDropped)
            throw new StorageException(StorageErrorCode.StreamNotFound, $"cannot flush stream '{stream.Name}': it was dropped");
    }

    private void Seal(SealChoice choice)
    {
        long started = StorageMeter.Start();
        if (sealer.Seal(choice) is { } segment)
            meter.Sealed(started, segment);
    }
}
