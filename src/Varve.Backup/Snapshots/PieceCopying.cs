namespace Varve.Backup.Snapshots;

/// <summary>Copies pieces of segments into a repository, several at a time. Used once, by one thread.</summary>
/// <param name="store">Takes the pieces.</param>
/// <param name="done">Told of each segment that is copied whole; by several threads.</param>
internal sealed class PieceCopying(ObjectStore store, Action<SegmentPieces> done) : IDisposable
{
    /// <summary>Each has one piece in memory twice. So many keep disk and processors busy, where each sync waits for the disk.</summary>
    private const int Workers = 5;

    /// <summary>While it gives way, most processors are left alone, so that whoever is woken finds one at once.</summary>
    private static readonly int GentleWorkers = Math.Clamp(Environment.ProcessorCount / 4, 1, Workers);

    private readonly SemaphoreSlim _gentle = new(GentleWorkers);
    private readonly List<SegmentCopy> _begun = [];

    /// <summary>Copies segments piece by piece, in their order: few files are open at a time.</summary>
    /// <param name="segments">Opened one by one; they belong to this.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task RunAsync(IEnumerable<SegmentCopy> segments, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        PiecesOf(segments),
        new ParallelOptions { MaxDegreeOfParallelism = Workers, CancellationToken = cancellationToken },
        async (piece, cancellation) => await CopyAsync(piece.Segment, piece.Number, cancellation).ConfigureAwait(false));

    public void Dispose()
    {
        foreach (SegmentCopy begun in _begun)
            begun.Dispose();
        _gentle.Dispose();
    }

    private IEnumerable<(SegmentCopy Segment, int Number)> PiecesOf(IEnumerable<SegmentCopy> segments)
    {
        foreach (SegmentCopy segment in segments)
        {
            _begun.Add(segment);
            for (int piece = 0; piece < segment.PieceCount; piece++)
                yield return (segment, piece);
        }
    }

    private async Task CopyAsync(SegmentCopy segment, int piece, CancellationToken cancellationToken)
    {
        bool givesWay = store.GivesWay;
        if (givesWay)
            await _gentle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await segment.CopyAsync(piece, cancellationToken).ConfigureAwait(false) is { } copied)
                done(copied);
        }
        finally
        {
            if (givesWay)
                _gentle.Release();
        }
    }
}
