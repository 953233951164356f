using System.Security.Cryptography;

namespace Varve.Storage.Consumers;

/// <summary>
/// Which rows of a consumer are with whom, and which rest before they are delivered again. It decides who gets what and does nothing else; what has
/// been passed is the consumer's to say. For the holder of the lock of <see cref="ConsumerGroup"/>.
/// </summary>
/// <remarks>
/// A row whose delivery failed is delivered again in a small share of the range that failed, on its last try alone, and to a member that has no other
/// such rows: so a row that brings its members down takes few others with it to the dead letters.
/// </remarks>
internal sealed class ConsumerLeases
{
    /// <summary>A range that failed is delivered again in about so many shares.</summary>
    private const int Shares = 16;

    private readonly Dictionary<long, LeasedRows> _leases = [];
    private readonly List<(OffsetRange Rows, TimeSpan Until)> _resting = [];
    private OffsetRanges _taken = OffsetRanges.Empty;
    private int _epoch;
    private long _offset;

    /// <summary>Not those of an earlier opening of the node, which its members may still name.</summary>
    private long _lastId = (long)RandomNumberGenerator.GetInt32(int.MaxValue) << 31;

    public IEnumerable<LeasedRows> All => _leases.Values;

    /// <summary>When the first lease runs out or the first rest ends; null: there is neither.</summary>
    public TimeSpan? NextDue
    {
        get
        {
            TimeSpan? next = null;
            foreach (LeasedRows lease in _leases.Values)
            {
                if (!lease.IsEnding && !(next <= lease.EndsAt))
                    next = lease.EndsAt;
            }

            foreach ((_, TimeSpan until) in _resting)
                next = next <= until ? next : until;
            return next;
        }
    }

    /// <summary>After a reset nothing is with anybody, and what retention let go of is with nobody.</summary>
    public void Follow(ConsumerState consumer)
    {
        if (_epoch == consumer.Epoch)
        {
            if (_offset < consumer.Offset)
                Pass([new OffsetRange(0, consumer.Offset)]);
            _offset = consumer.Offset;
            return;
        }

        _offset = consumer.Offset;
        _epoch = consumer.Epoch;
        _leases.Clear();
        _resting.Clear();
        _taken = OffsetRanges.Empty;
    }

    /// <summary>The first rows that nobody has; null: there are none for this member now.</summary>
    /// <param name="consumer">As it is visible.</param>
    /// <param name="end">The stream's.</param>
    /// <param name="member">Who asks.</param>
    /// <param name="rowsMax">At least 1.</param>
    /// <param name="memberRowsMax">What the member may have, with these.</param>
    public LeasedRows? TryTake(ConsumerState consumer, long end, string member, int rowsMax, int memberRowsMax)
    {
        long held = _leases.Values.Where(l => l.Member == member && !l.IsEnding).Sum(l => l.Open.RowCount);
        long most = Math.Min(rowsMax, memberRowsMax - held);
        if (most <= 0)
            return null;
        long room = RoomForNew(consumer);
        bool hasRetried = _leases.Values.Any(l => l.FailureCount > 0 && !l.IsEnding && l.Member == member);
        long at = consumer.Offset;
        while (at < end)
        {
            long passed = Math.Max(consumer.Done.EndAt(at), _taken.EndAt(at));
            if (passed > at)
            {
                at = passed;
                continue;
            }

            FailedRows failed = consumer.Failed.At(at);
            long stop = Math.Min(Math.Min(end, failed.End), Math.Min(consumer.Done.NextFrom(at), _taken.NextFrom(at)));
            long limit = failed.Count == 0 ? room : hasRetried ? 0 : ShareOf(failed, consumer.Settings);
            long count = Math.Min(Math.Min(limit, most), stop - at);
            if (count > 0)
                return Add(new LeasedRows(++_lastId, member, new OffsetRange(at, at + count), failed.Count));
            at = stop;
        }

        return null;
    }

    /// <summary>Lets go of the rows from an offset on.</summary>
    public void Shrink(LeasedRows lease, long end)
    {
        OffsetRange rest = new(end, long.MaxValue);
        Free(lease.Open);
        lease.Open = lease.Open.Remove(rest);
        Occupy(lease.Open);
        if (lease.Open.Items.Length == 0)
            _leases.Remove(lease.Id);
    }

    public LeasedRows? Find(long id, string member) =>
        _leases.TryGetValue(id, out LeasedRows? lease) && lease.Member == member && !lease.IsEnding ? lease : null;

    /// <summary>These rows are through, whoever has them.</summary>
    public void Pass(IReadOnlyList<OffsetRange> ranges)
    {
        foreach (LeasedRows lease in _leases.Values.ToArray())
        {
            OffsetRanges open = ranges.Aggregate(lease.Open, (left, range) => left.Remove(range));
            if (ReferenceEquals(open, lease.Open))
                continue;
            Free(lease.Open);
            lease.Open = open;
            Occupy(open);
            if (open.Items.Length == 0)
                _leases.Remove(lease.Id);
        }
    }

    /// <summary>A part of a lease, or all of it, that is to end; null where nothing of it is left.</summary>
    public LeasedRows? Split(LeasedRows lease, OffsetRanges rows)
    {
        OffsetRanges part = OffsetRanges.Of(lease.Open.Items.SelectMany(r => rows.Items.Select(o => Common(r, o))));
        if (part.Items.Length == 0)
            return null;
        OffsetRanges rest = part.Items.Aggregate(lease.Open, (left, range) => left.Remove(range));
        if (rest.Items.Length == 0)
        {
            lease.IsEnding = true;
            return lease;
        }

        lease.Open = rest;
        LeasedRows ending = new(++_lastId, lease.Member, part.Items[0], lease.FailureCount) { Open = part, IsEnding = true };
        _leases.Add(ending.Id, ending);
        return ending;
    }

    /// <summary>Those that have run out, which are ending from now on.</summary>
    public IReadOnlyList<LeasedRows> TakeRunOut(TimeSpan now)
    {
        LeasedRows[] over = [.. _leases.Values.Where(l => !l.IsEnding && l.EndsAt <= now)];
        foreach (LeasedRows lease in over)
            lease.IsEnding = true;
        return over;
    }

    /// <summary>The rows are for anybody again, from a moment on.</summary>
    public void End(LeasedRows lease, TimeSpan? restsUntil)
    {
        if (!_leases.TryGetValue(lease.Id, out LeasedRows? found) || found != lease)
            return;
        _leases.Remove(lease.Id);
        Free(lease.Open);
        if (restsUntil is not { } until)
            return;
        Occupy(lease.Open);
        _resting.AddRange(lease.Open.Items.Select(r => (r, until)));
    }

    /// <summary>Rests that are over end.</summary>
    public void Wake(TimeSpan now)
    {
        foreach ((OffsetRange rows, _) in _resting.Where(r => r.Until <= now))
            _taken = _taken.Remove(rows);
        _resting.RemoveAll(r => r.Until <= now);
    }

    /// <summary>Rows that were not delivered before and may be now.</summary>
    private long RoomForNew(ConsumerState consumer)
    {
        bool isScattered = consumer.Done.Items.Length + consumer.Failed.Items.Length + _leases.Count >= ConsumerRules.RangesMax / 8;
        long fresh = _leases.Values.Where(l => l.FailureCount == 0).Sum(l => l.Open.RowCount);
        return isScattered ? 0 : Math.Max(0, consumer.Settings.RowsInFlightMax - fresh - consumer.Failed.RowCount);
    }

    private static long ShareOf(FailedRows failed, ConsumerSettings settings) =>
        failed.Count + 1 >= settings.DeliveriesMax ? 1 : Math.Max(1, failed.RowCount / Shares);

    private LeasedRows Add(LeasedRows lease)
    {
        _leases.Add(lease.Id, lease);
        Occupy(lease.Open);
        return lease;
    }

    private void Occupy(OffsetRanges rows)
    {
        foreach (OffsetRange range in rows.Items)
            _taken = _taken.Add(range);
    }

    private void Free(OffsetRanges rows)
    {
        foreach (OffsetRange range in rows.Items)
            _taken = _taken.Remove(range);
    }

    private static OffsetRange Common(OffsetRange a, OffsetRange b) => new(Math.Max(a.From, b.From), Math.Min(a.End, b.End));
}
