using Varve.Storage.Streams;

namespace Varve.Storage.Segments.Sealing;

/// <summary>A stream is to have few segments.</summary>
internal sealed class CompactRequest(StreamState stream) : SealRequest
{
    protected override void Do(SealWork work, Action pause) => work.Compaction.CompactAll(stream, pause);
}
