using Varve.Storage.Tests.FileSystem;
using Varve.Storage.Tests.Recovery;

namespace Varve.Storage.Tests.Producers;

/// <summary>
/// A program that writes one numbered row after the other through crashes of the node, sending again what it has no answer to, and the checker of what
/// came of it: every row once and in order, and of an append to two streams both halves. One thread.
/// </summary>
internal sealed class ProducerLedger
{
    /// <summary>By number, the answer that is known, or null where the append may have been taken or not.</summary>
    private readonly List<AppendResult?> _answers = [];

    /// <summary>Numbers whose append goes to both streams.</summary>
    private readonly HashSet<long> _both = [];

    /// <summary>Opens, judges, opens the producer again or goes on with its session, and appends. Returns what ended it; null: nothing did.</summary>
    public async Task<StorageException?> LiveAsync(FaultyFileSystem disk, Random random, int appendCount)
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
                foreach (string name in new[] { "a", "b" })
                {
                    if (!engine.TryDescribe(name, out _))
                        await engine.CreateStreamAsync(name, Rows.Schema);
                }

                await AppendAsync(engine, await SessionAsync(engine, random), random, appendCount);
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
        if (!engine.TryDescribe("b", out _))
            return;
        ProducerDescription? producer = (await engine.ListProducersAsync()).SingleOrDefault();
        long next = producer?.Session.NextSequence ?? 0;
        Check("a", engine.OpenView("a").Numbers(), Enumerable.Range(0, (int)next).Select(i => (long)i));
        Check("b", engine.OpenView("b").Numbers(), Enumerable.Range(0, (int)next).Select(i => (long)i).Where(_both.Contains));
        int acknowledged = _answers.FindLastIndex(a => a is not null);
        if (acknowledged >= next)
            throw new RowLedgerException($"append {acknowledged} was acknowledged, and {next} is next");
    }

    private static StorageOptions Options(FaultyFileSystem disk) => SimulatedOptions.On(disk) with { SealRows = 50 };

    private async Task<ProducerSession> SessionAsync(StorageEngine engine, Random random)
    {
        ProducerSession? known = (await engine.ListProducersAsync()).SingleOrDefault()?.Session;
        if (known is { } old && random.Next(3) > 0)
            return old;
        ProducerSession opened = await engine.OpenProducerAsync("p");
        long lost = _answers.FindLastIndex(a => a is not null);
        return opened.NextSequence > lost
            ? opened
            : throw new RowLedgerException($"the producer goes on at {opened.NextSequence}, append {lost} was acknowledged");
    }

    /// <summary>Repeats some of those that were answered, then goes on, up to three appends at a time.</summary>
    private async Task AppendAsync(StorageEngine engine, ProducerSession session, Random random, int count)
    {
        for (long again = Math.Max(0, session.NextSequence - random.Next(4)); again < session.NextSequence; again++)
            await SendAsync(engine, session, again);
        long next = session.NextSequence;
        while (next < session.NextSequence + count)
        {
            int together = random.Next(1, 4);
            Task[] sent = [.. Enumerable.Range(0, together).Select(i => SendAsync(engine, session, Draw(next + i, random)))];
            next += together;
            await Task.WhenAll(sent);
            if (random.Next(5) == 0)
                await QuietlyAsync(() => engine.FlushAsync("a"), engine);
            if (random.Next(5) == 0)
                await QuietlyAsync(engine.CheckpointAsync, engine);
        }
    }

    private long Draw(long sequence, Random random)
    {
        while (_answers.Count <= sequence)
        {
            if (random.Next(3) == 0)
                _both.Add(_answers.Count);
            _answers.Add(null);
        }

        return sequence;
    }

    private async Task SendAsync(StorageEngine engine, ProducerSession session, long sequence)
    {
        AppendOptions options = new() { Producer = new ProducerSequence(session.Id, session.Epoch, sequence) };
        StreamAppend[] appends = _both.Contains(sequence)
            ? [new("a", Rows.Of(sequence)), new("b", Rows.Of(sequence))]
            : [new("a", Rows.Of(sequence))];
        AppendResult answer = (await engine.AppendAsync(appends, options))[0];
        if (_answers[(int)sequence] is { } first && first != answer with { IsDuplicate = first.IsDuplicate })
            throw new RowLedgerException($"append {sequence} was answered with {first}, and now with {answer}");
        _answers[(int)sequence] = answer;
    }

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

    private static void Check(string stream, long[] found, IEnumerable<long> expected)
    {
        if (!found.SequenceEqual(expected))
            throw new RowLedgerException($"stream {stream} holds {string.Join(' ', found)}");
    }
}
