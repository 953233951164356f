namespace Varve.Storage.Tests.Consumers;

/// <summary>A consumer as plainly as can be: what is known of every single row. One thread.</summary>
internal sealed class ConsumerModel
{
    private readonly List<RowModel> _rows = [];

    public long Missed { get; private set; }

    public IReadOnlyList<RowModel> Rows => _rows;

    public List<long> Dead { get; } = [];

    public long Acknowledged => _rows.Count(r => r.IsDone) - Dead.Count - Missed;

    public void Append(int count)
    {
        for (int i = 0; i < count; i++)
            _rows.Add(new RowModel());
    }

    /// <summary>Checks what a member was given, or that it was rightly given nothing.</summary>
    public void Take(ConsumerLease? lease, string member, int rowsMax, TimeSpan now, int rowsInFlightMax, int deliveriesMax)
    {
        bool hasRetried = _rows.Exists(r => r.LeaseId is not null && r.Member == member && r.FailureCount > 0);
        long room = rowsInFlightMax - _rows.Count(r => !r.IsDone && (r.FailureCount > 0 || r.LeaseId is not null));
        bool MayHave(RowModel row) => !row.IsDone && row.LeaseId is null && row.RestsUntil is null && (row.FailureCount > 0 ? !hasRetried : room > 0);
        int first = _rows.FindIndex(MayHave);
        if (lease is null)
        {
            Assert.True(first < 0, $"row {first} is for {member}, and was not delivered");
            return;
        }

        Assert.Equal(first, lease.Rows.From);
        Assert.InRange(lease.Rows.RowCount, 1, _rows[first].FailureCount > 0 ? rowsMax : Math.Min(rowsMax, room));
        if (_rows[first].FailureCount + 1 == deliveriesMax)
            Assert.Equal(1, lease.Rows.RowCount);
        foreach (RowModel row in In(lease.Rows))
        {
            Assert.True(MayHave(row));
            Assert.Equal(lease.Delivery - 1, row.FailureCount);
            (row.LeaseId, row.Member, row.EndsAt) = (lease.Id, member, now + lease.Duration);
        }
    }

    /// <summary>How many rows become acknowledged.</summary>
    public long Acknowledge(OffsetRange range)
    {
        RowModel[] open = [.. In(range).Where(r => !r.IsDone)];
        foreach (RowModel row in open)
            row.Pass();
        return open.Length;
    }

    public void Fail(IEnumerable<int> offsets, TimeSpan? restsUntil, int deliveriesMax)
    {
        foreach (int offset in offsets)
        {
            RowModel row = _rows[offset];
            row.LeaseId = null;
            row.FailureCount++;
            row.RestsUntil = restsUntil;
            if (row.FailureCount < deliveriesMax)
                continue;
            row.Pass();
            Dead.Add(offset);
        }
    }

    public void Advance(TimeSpan now, int deliveriesMax)
    {
        Fail(Enumerable.Range(0, _rows.Count).Where(i => _rows[i].LeaseId is not null && _rows[i].EndsAt <= now), null, deliveriesMax);
        foreach (RowModel row in _rows.Where(r => r.RestsUntil <= now))
            row.RestsUntil = null;
    }

    public void Trim(long firstOffset)
    {
        foreach (RowModel row in _rows.Take((int)firstOffset).Where(r => !r.IsDone))
        {
            row.Pass();
            Missed++;
        }
    }

    /// <summary>Leases and rests are forgotten.</summary>
    public void Restart()
    {
        foreach (RowModel row in _rows)
            (row.LeaseId, row.RestsUntil) = (null, null);
    }

    private IEnumerable<RowModel> In(OffsetRange range) => _rows.Skip((int)range.From).Take((int)range.RowCount);
}
