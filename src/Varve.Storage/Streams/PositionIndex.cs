namespace Varve.Storage.Streams;

/// <summary>
/// Where a stream ended at each of its newest log positions, so that a reader can go on from, or back to, a position that it was told. In memory and
/// bounded: what is older is not known, and said to be. The sequencer adds; any thread looks up positions that are visible.
/// </summary>
internal sealed class PositionIndex
{
    /// <summary>What all streams of a node together may keep: 64 MiB.</summary>
    private const int CountMaxOfAll = 4 << 20;

    private const int CountMin = 256;
    private const int CountMax = 65_536;
    private const int CountAtFirst = 4;

    private volatile Marks _marks;

    /// <param name="position">The entry that made the stream, or the newest one that is known to have changed it.</param>
    /// <param name="endOffset">Where the stream ended then.</param>
    public PositionIndex(LogPosition position, long endOffset) => _marks = Marks.Of(new Mark(position.Value, endOffset));

    /// <summary>The oldest position that is known.</summary>
    public LogPosition Oldest => new(_marks.Items[0].Position);

    /// <summary>Where the stream ended when everything at or below the position was visible; null for a position before <see cref="Oldest"/>.</summary>
    public long? EndAt(LogPosition position)
    {
        Marks marks = _marks;
        int low = 0;
        int high = Volatile.Read(ref marks.Count) - 1;
        if (position.Value < marks.Items[0].Position)
            return null;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (marks.Items[middle].Position <= position.Value)
                low = middle;
            else
                high = middle - 1;
        }

        return marks.Items[low].EndOffset;
    }

    /// <param name="position">The entry that makes the rows visible; never falls.</param>
    /// <param name="endOffset">Behind its last row.</param>
    /// <param name="streamCount">Streams that share the memory.</param>
    public void Add(LogPosition position, long endOffset, int streamCount)
    {
        Marks marks = _marks;
        ref Mark last = ref marks.Items[marks.Count - 1];
        if (last.Position == position.Value)
        {
            // Several appends of one entry: nobody looks it up before all of them are visible.
            last = last with { EndOffset = endOffset };
            return;
        }

        if (marks.Count == marks.Items.Length)
            _marks = marks = marks.Grown(Math.Clamp(CountMaxOfAll / Math.Max(1, streamCount), CountMin, CountMax));
        marks.Items[marks.Count] = new Mark(position.Value, endOffset);
        Volatile.Write(ref marks.Count, marks.Count + 1);
    }

    private readonly record struct Mark(long Position, long EndOffset);

    /// <summary>Rising; those below the count are not moved any more.</summary>
    private sealed class Marks(Mark[] items, int count)
    {
        public readonly Mark[] Items = items;
        public int Count = count;

        public static Marks Of(Mark first)
        {
            var marks = new Marks(new Mark[CountAtFirst], 1);
            marks.Items[0] = first;
            return marks;
        }

        /// <summary>With room for more; the older half goes where there are too many.</summary>
        public Marks Grown(int countMax)
        {
            int kept = Count < countMax ? Count : countMax / 2;
            var grown = new Marks(new Mark[Math.Min(2 * kept, countMax)], kept);
            Items.AsSpan(Count - kept, kept).CopyTo(grown.Items);
            return grown;
        }
    }
}
