namespace Varve.Storage.Records;

/// <summary>The batches that follow are one append: they become visible together, or not at all.</summary>
/// <param name="TimeMicros">When it was accepted.</param>
/// <param name="Producer">Who made it; default: nobody who counts.</param>
/// <param name="BatchCount">At least 1, each of another stream.</param>
internal sealed record AppendGroupRecord(long TimeMicros, ProducerSequence Producer, int BatchCount) : LogRecord(NoStream, TimeMicros)
{
    public bool HasProducer => Producer.ProducerId != 0;
}
