using Varve.Storage.Tests.FileSystem;
using Varve.Storage.Tests.Recovery;

namespace Varve.Storage.Tests.Consumers;

/// <summary>
/// Members of a consumer that work through crashes of the node, and the checker of what came of it: what was acknowledged is passed, what was given up is
/// in the dead letters once and passed, and nothing else is passed. One thread.
/// </summary>
internal sealed class ConsumerLedger
{
    private const int DeliveriesMax = 2;

    /// <summary>By offset.</summary>
    private readonly Dictionary<long, RowFate> _fates = [];

    /// <summary>Of rows whose rejection was answered; those in doubt are in <see cref="_doubtedFailures"/>.</summary>
    private readonly Dictionary<long, int> _failures = [];
    private readonly HashSet<long> _doubtedFailures = [];

    private enum RowFate
    {
        /// <summary>Acknowledged or not: the answer did not come.</summary>
        MaybeAcknowledged,

        Acknowledged,

        /// <summary>In the dead letters or not.</summary>
        MaybeDead,

        Dead,
    }

    /// <summary>Opens, works, and returns what ended it; null: nothing did.</summary>
    public async Task<StorageException?> LiveAsync(FaultyFileSystem disk, Random random, int stepCount)
    {
        StorageEngine engine;
        try
        {
            engine = await StorageEngine.OpenAsync(Options(disk));
        }
        catch (StorageException e) when (e.Code is not StorageErrorCode.Corruption || disk.IsCut)
        {
            return e;
        }

        await using (engine)
        {
            try
            {
                await PrepareAsync(engine);
                for (int step = 0; step < stepCount; step++)
                    await StepAsync(engine, random);
                return null;
            }
            catch (StorageException e) when (e.Code is not StorageErrorCode.Corruption || disk.IsCut)
            {
                return e;
            }
        }
    }

    public async Task JudgeAsync(FaultyFileSystem disk)
    {
        await using StorageEngine engine = await StorageEngine.OpenAsync(Options(disk));
        if (!engine.TryDescribe("s", out _) || engine.ListConsumers("s").SingleOrDefault() is not { } consumer)
        {
            Need(_fates.Count == 0, "the consumer is gone");
            return;
        }

        long[] letters = engine.TryDescribe("dead", out _) ? [.. engine.OpenView("dead").Column("source_offset").Cast<long>()] : [];
        HashSet<long> dead = [.. letters];
        Need(dead.Count == letters.Length, $"dead letters are there twice: {string.Join(' ', letters)}");
        Need(dead.Count == consumer.DeadRowCount, $"{dead.Count} dead letters, and {consumer.DeadRowCount} passed as such");
        HashSet<long> passed = [.. Passed(consumer)];
        Need(passed.Count == consumer.DeadRowCount + consumer.AcknowledgedRowCount, $"{passed.Count} rows are passed, counted otherwise: {consumer}");
        foreach ((long offset, RowFate fate) in _fates)
        {
            Need(passed.Contains(offset) || fate is RowFate.MaybeAcknowledged or RowFate.MaybeDead, $"row {offset} is {fate}, and not passed");
            Need(dead.Contains(offset) == fate is RowFate.Dead || fate is RowFate.MaybeDead, $"row {offset} is {fate}, and dead: {dead.Contains(offset)}");
        }

        foreach (long offset in passed)
            Need(_fates.ContainsKey(offset), $"row {offset} is passed, and nobody acknowledged it");
        foreach (long offset in dead)
            Need(passed.Contains(offset), $"row {offset} is a dead letter, and not passed");
        Settle(passed, dead);
    }

    private static StorageOptions Options(FaultyFileSystem disk) => SimulatedOptions.On(disk) with { SealRows = 50 };

    private static async Task PrepareAsync(StorageEngine engine)
    {
        if (!engine.TryDescribe("s", out _))
            await engine.CreateStreamAsync("s", Rows.Schema);
        ConsumerSettings settings = new() { DeadLetterStream = "dead", DeliveriesMax = DeliveriesMax };
        if (engine.ListConsumers("s").Count == 0)
            await engine.CreateConsumerAsync("s", "c", settings, ConsumerStart.Earliest);
    }

    private Task StepAsync(StorageEngine engine, Random random) => random.Next(12) switch
    {
        0 => engine.AppendAsync("s", Rows.Range(0, random.Next(1, 30))),
        1 => QuietlyAsync(() => engine.FlushAsync("s"), engine),
        2 => QuietlyAsync(engine.CheckpointAsync, engine),
        < 6 => Task.WhenAll(RejectAsync(engine, random, "x"), AcknowledgeAsync(engine, random, "y")),
        _ => AcknowledgeAsync(engine, random, "a"),
    };

    private async Task AcknowledgeAsync(StorageEngine engine, Random random, string member)
    {
        if (Lease(engine, member, random.Next(1, 12)) is not { } lease)
            return;
        OffsetRange range = new(random.NextInt64(lease.Rows.From, lease.Rows.End), lease.Rows.End);
        long[] rows = [.. Offsets(range)];
        foreach (long offset in rows)
            _fates[offset] = RowFate.MaybeAcknowledged;
        long count = await engine.AcknowledgeAsync("s", "c", lease.Epoch, [range]);
        Need(count == rows.Length, $"of {rows.Length} rows of a lease {count} were acknowledged");
        foreach (long offset in rows)
            _fates[offset] = RowFate.Acknowledged;
        engine.ReleaseLeases("s", "c", member, [lease.Id]);
    }

    private async Task RejectAsync(StorageEngine engine, Random random, string member)
    {
        if (Lease(engine, member, random.Next(1, 4)) is not { } lease)
            return;
        bool isLast = lease.Delivery == DeliveriesMax;
        long[] rows = [.. Offsets(lease.Rows)];
        foreach (long offset in rows)
        {
            if (isLast)
                _fates[offset] = RowFate.MaybeDead;
            _doubtedFailures.Add(offset);
        }

        await engine.RejectAsync("s", "c", member, lease.Id, []);
        foreach (long offset in rows)
        {
            _doubtedFailures.Remove(offset);
            _failures[offset] = _failures.GetValueOrDefault(offset) + 1;
            if (isLast)
                _fates[offset] = RowFate.Dead;
        }
    }

    private ConsumerLease? Lease(StorageEngine engine, string member, int rowsMax)
    {
        if (engine.TryLease("s", "c", member, rowsMax) is not { } lease)
            return null;
        foreach (long offset in Offsets(lease.Rows))
        {
            Need(!_fates.TryGetValue(offset, out RowFate fate) || fate is RowFate.MaybeAcknowledged, $"row {offset} is {fate}, and delivered");
            int failures = _failures.GetValueOrDefault(offset);
            bool fits = lease.Delivery == failures + 1 || (_doubtedFailures.Contains(offset) && lease.Delivery == failures + 2);
            Need(fits, $"row {offset} failed {failures} times, and this is delivery {lease.Delivery}");
            _doubtedFailures.Remove(offset);
            _failures[offset] = lease.Delivery - 1;
        }

        return lease;
    }

    /// <summary>What was in doubt is known now.</summary>
    private void Settle(HashSet<long> passed, HashSet<long> dead)
    {
        foreach ((long offset, RowFate fate) in _fates.ToArray())
        {
            if (fate is RowFate.MaybeAcknowledged && passed.Contains(offset))
                _fates[offset] = RowFate.Acknowledged;
            else if (fate is RowFate.MaybeDead && dead.Contains(offset))
                _fates[offset] = RowFate.Dead;
            else if (fate is RowFate.MaybeAcknowledged or RowFate.MaybeDead)
                _fates.Remove(offset);
        }
    }

    private static IEnumerable<long> Passed(ConsumerDescription consumer) =>
        consumer.DoneAbove.Prepend(new OffsetRange(consumer.StartOffset, consumer.Offset)).SelectMany(Offsets);

    private static IEnumerable<long> Offsets(OffsetRange range) => Enumerable.Range(0, (int)range.RowCount).Select(i => range.From + i);

    /// <summary>What cannot be written beside the log costs nothing.</summary>
    private static async Task QuietlyAsync(Func<Task> work, StorageEngine engine)
    {
        try
        {
            await work();
        }
        catch (StorageException e) when (engine.IsAccepting && e.Code is StorageErrorCode.DiskError or StorageErrorCode.DiskFull or StorageErrorCode.Corruption)
        {
        }
    }

    private static void Need(bool holds, string otherwise)
    {
        if (!holds)
            throw new RowLedgerException(otherwise);
    }
}
