using Varve.Storage.Streams;

namespace Varve.Storage.Consumers;

/// <summary>
/// The members of one consumer while the node runs: hands rows out, and sees to it that what is not acknowledged in time is delivered again or goes to
/// the dead letters. Leases are in memory; that deliveries failed is in the log before rows are handed out again. Any thread.
/// </summary>
internal sealed class ConsumerGroup : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ConsumerLeases _leases = new();
    private readonly ConsumerWork _work;
    private readonly StreamState _stream;
    private readonly string _name;
    private readonly long _id;
    private readonly long _startedAt;
    private readonly ITimer _timer;
    private TimeSpan _timerAt = TimeSpan.MaxValue;
    private string? _problem;

    public ConsumerGroup(ConsumerWork work, StreamState stream, ConsumerState consumer)
    {
        _work = work;
        _stream = stream;
        _name = consumer.Name;
        _id = consumer.Id;
        _startedAt = work.Time.GetTimestamp();
        _timer = work.Time.CreateTimer(_ => OnTime(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Fires when there may be rows for who found none.</summary>
    public ChangeSignal Changes { get; } = new();

    private TimeSpan Now => _work.Time.GetElapsedTime(_startedAt);

    /// <summary>Null where there are none now. Throws where the consumer or its stream is gone.</summary>
    public ConsumerLease? TryLease(string member, int rowsMax, int memberRowsMax)
    {
        lock (_gate)
        {
            // Under the lock: what is acknowledged is visible before it is let go of below.
            ConsumerState consumer = Visible();
            if (_leases.TryTake(consumer, _stream.Head.EndOffset, member, rowsMax, memberRowsMax) is not { } lease)
                return null;
            TimeSpan timeout = consumer.Settings.AckTimeout;
            lease.EndsAt = Now + timeout;
            Arm();
            _work.Meter.Delivered(lease.Open.RowCount, isAgain: lease.FailureCount > 0);
            return new ConsumerLease(lease.Id, consumer.Epoch, lease.Open.Items[0], lease.FailureCount + 1, timeout);
        }
    }

    /// <summary>These rows are acknowledged, and that is visible.</summary>
    public void Pass(IReadOnlyList<OffsetRange> ranges)
    {
        lock (_gate)
            _leases.Pass(ranges);
        Changes.Fire();
    }

    /// <summary>Gives a member more time, from now on. Throws <see cref="StorageErrorCode.LeaseLost"/>.</summary>
    public TimeSpan Extend(long leaseId, string member, TimeSpan? by)
    {
        lock (_gate)
        {
            ConsumerState consumer = Visible();
            TimeSpan duration = by ?? consumer.Settings.AckTimeout;
            Find(leaseId, member).EndsAt = Now + duration;
            Arm();
            return duration;
        }
    }

    /// <summary>A member could not process rows. Completes when that is on record. Throws <see cref="StorageErrorCode.LeaseLost"/>.</summary>
    public async Task RejectAsync(long leaseId, string member, OffsetRanges rows, TimeSpan delay, string reason)
    {
        LeasedRows? ending;
        lock (_gate)
        {
            _ = Visible();
            LeasedRows lease = Find(leaseId, member);
            ending = _leases.Split(lease, rows.Items.Length == 0 ? lease.Open : rows);
        }

        if (ending is not null && await FailAsync(ending, delay, reason).ConfigureAwait(false) is { } problem)
            throw problem;
    }

    /// <summary>A member gives back the rows of a lease from an offset on. A lease that is over already is passed over.</summary>
    public void Shrink(long leaseId, string member, long end)
    {
        lock (_gate)
        {
            _ = Visible();
            if (_leases.Find(leaseId, member) is { } lease)
                _leases.Shrink(lease, end);
        }

        Changes.Fire();
    }

    /// <summary>A member gives back what it has not begun with; that counts as no delivery. Leases that are over already are passed over.</summary>
    public void Release(IReadOnlyList<long> leaseIds, string member)
    {
        lock (_gate)
        {
            _ = Visible();
            foreach (long id in leaseIds)
            {
                if (_leases.Find(id, member) is { } lease)
                    _leases.End(lease, null);
            }
        }

        Changes.Fire();
    }

    /// <summary>A member gives back all leases but some.</summary>
    public void ReleaseAll(string member, IReadOnlyList<long> keptLeaseIds)
    {
        lock (_gate)
        {
            _ = Visible();
            foreach (LeasedRows lease in _leases.All.Where(l => l.Member == member && !l.IsEnding && !keptLeaseIds.Contains(l.Id)).ToArray())
                _leases.End(lease, null);
        }

        Changes.Fire();
    }

    /// <summary>Rows with members or on their way back, the members, and what keeps dead letters from being stored.</summary>
    public (long RowCount, IReadOnlyList<string> Members, string? Problem) Describe()
    {
        lock (_gate)
        {
            if (TryVisible() is null)
                return (0, [], _problem);
            LeasedRows[] leases = [.. _leases.All];
            return (leases.Sum(l => l.Open.RowCount), [.. leases.Where(l => !l.IsEnding).Select(l => l.Member).Distinct().Order(StringComparer.Ordinal)], _problem);
        }
    }

    public void Dispose() => _timer.Dispose();

    private ConsumerState Visible() => TryVisible() ?? throw ConsumerRules.NotFound(_stream.Name, _name);

    private ConsumerState? TryVisible()
    {
        if (!_work.Head.Consumers.TryFind(_id, out ConsumerState? consumer))
            return null;
        _leases.Follow(consumer);
        return consumer;
    }

    private LeasedRows Find(long leaseId, string member) => _leases.Find(leaseId, member) ?? throw new StorageException(
        StorageErrorCode.LeaseLost,
        $"member '{StreamName.Shown(member)}' of consumer '{_name}' of stream '{_stream.Name}' does not have lease {leaseId} any more: "
        + "it ran out, its rows are through, or the node restarted");

    private void OnTime()
    {
        IReadOnlyList<LeasedRows> over;
        lock (_gate)
        {
            _timerAt = TimeSpan.MaxValue;
            TimeSpan now = Now;
            _leases.Wake(now);
            over = _leases.TakeRunOut(now);
            Arm();
        }

        foreach (LeasedRows lease in over)
            _work.Run(() => FailAsync(lease, TimeSpan.Zero, $"not acknowledged in time by member '{lease.Member}'"));
        Changes.Fire();
    }

    /// <summary>Null for success, else what kept it from going on record; the rows are delivered again all the same.</summary>
    private async Task<StorageException?> FailAsync(LeasedRows lease, TimeSpan delay, string reason)
    {
        TimeSpan rest = delay;
        StorageException? problem = null;
        try
        {
            ConsumerState consumer;
            lock (_gate)
                consumer = Visible();
            if (lease.FailureCount + 1 >= consumer.Settings.DeliveriesMax)
                await BuryAsync(consumer, lease, reason).ConfigureAwait(false);
            else
                await _work.FailAsync(_stream, consumer, lease.Open.Items).ConfigureAwait(false);
        }
        catch (StorageException e) when (e.Code is not (StorageErrorCode.ConsumerNotFound or StorageErrorCode.ConsumerFenced))
        {
            // Its rows are delivered once more than they should be, after a while; nothing is lost.
            rest = TimeSpan.FromSeconds(1);
            problem = e;
            _work.Warn(e, _stream.Name, _name);
        }
        catch (StorageException e)
        {
            // Nobody has use for its rows any more.
            problem = e;
        }

        lock (_gate)
        {
            _leases.End(lease, rest > TimeSpan.Zero ? Now + rest : null);
            Arm();
        }

        Changes.Fire();
        return problem;
    }

    private async Task BuryAsync(ConsumerState consumer, LeasedRows lease, string reason)
    {
        try
        {
            foreach (OffsetRange rows in lease.Open.Items)
                await _work.BuryAsync(_stream, consumer, rows, lease.FailureCount + 1, reason).ConfigureAwait(false);
            _problem = null;
        }
        catch (StorageException e)
        {
            _problem = e.Message;
            throw;
        }
    }

    /// <summary>Sees to it that the timer rings no later than something is due.</summary>
    private void Arm()
    {
        if (_leases.NextDue is not { } due || due >= _timerAt)
            return;
        _timerAt = due;
        TimeSpan wait = due - Now;
        _timer.Change(wait > TimeSpan.FromMilliseconds(1) ? wait : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }
}
