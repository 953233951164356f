using Varve.Storage.Streams;

namespace Varve.Storage.Segments.Sealing;

/// <summary>All rows of a stream before an offset are to be in segments.</summary>
internal sealed class FlushRequest(StreamState stream, long endOffset) : SealRequest
{
    protected override void Do(SealWork work, Action pause) => work.Tails.Flush(stream, endOffset);
}
