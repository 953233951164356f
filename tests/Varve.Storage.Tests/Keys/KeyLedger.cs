using Varve.Storage.Tests.FileSystem;

namespace Varve.Storage.Tests.Keys;

/// <summary>
/// The checker of the key crash tests. It makes, appends to, seals, rotates and drops streams, knows what was acknowledged and what was only tried,
/// and judges what is there after a crash. One thread.
/// </summary>
internal sealed class KeyLedger
{
    private readonly Dictionary<string, Expected> _streams = [];
    private int _created;
    private long _next;

    /// <summary>How many older versions of keys went, as far as it was seen.</summary>
    public int RetiredCount { get; private set; }

    /// <summary>Opens, judges, works for a while. Returns what ended it: null, or the failure after which it has to be opened again.</summary>
    public async Task<StorageException?> LiveAsync(FaultyFileSystem disk, Random random, int stepCount)
    {
        StorageEngine engine;
        try
        {
            engine = await StorageEngine.OpenAsync(SimulatedOptions.On(disk));
        }
        catch (StorageException e) when (e.Code is not (StorageErrorCode.Corruption or StorageErrorCode.KeyMismatch) || disk.IsCut
            || disk.Fault is not null)
        {
            return e;
        }

        await using (engine)
        {
            try
            {
                Judge(engine);
            }
            catch (StorageException e) when (disk.IsCut || disk.Fault?.Struck == true)
            {
                return e;
            }

            StorageException? end = null;
            for (int i = 0; i < stepCount && engine.IsAccepting; i++)
            {
                try
                {
                    await StepAsync(engine, random);
                }
                catch (StorageException e)
                {
                    end = e;
                }
            }

            return end;
        }
    }

    public async Task JudgeAsync(FaultyFileSystem disk)
    {
        await using StorageEngine engine = await StorageEngine.OpenAsync(SimulatedOptions.On(disk));
        Judge(engine);
    }

    private async Task StepAsync(StorageEngine engine, Random random)
    {
        string[] present = [.. _streams.Where(s => s.Value.IsThere).Select(s => s.Key)];
        int choice = random.Next(14);
        if (choice < 2 || present.Length == 0)
        {
            string name = "s" + _created++;
            Expected stream = _streams[name] = new Expected();
            await engine.CreateStreamAsync(name, Rows.Schema);
            stream.IsThere = true;
            return;
        }

        string chosen = present[random.Next(present.Length)];
        switch (choice)
        {
            case 2:
                await engine.RotateStreamKeyAsync(chosen);
                break;
            case 3:
                await engine.RotateRootKeyAsync();
                break;
            case 4 when present.Length > 2:
                _streams[chosen].IsDropTried = true;
                _streams[chosen].IsThere = false;
                await engine.DropStreamAsync(chosen);
                _streams[chosen].IsDropped = true;
                break;
            case 5:
                await engine.RotateNodeKeyAsync();
                break;
            case 6 or 7:
                await MoveOnAsync(engine, chosen);
                break;
            default:
                await AppendAsync(engine, chosen, random.Next(5) == 0 ? 400 : random.Next(1, 10));
                break;
        }
    }

    /// <summary>
    /// Brings all streams to segments that the current keys seal, and lets the log go: what can older versions still be needed for?
    /// </summary>
    private async Task MoveOnAsync(StorageEngine engine, string chosen)
    {
        foreach (string name in _streams.Where(s => s.Value.IsThere).Select(s => s.Key).ToArray())
            await engine.FlushAsync(name);
        await engine.CompactAsync(chosen);
        int before = engine.ListKeys().Count;
        await engine.CheckpointAsync();

        // Before the background begins to merge what it is asked to, it looks for what can go.
        await engine.CompactAsync(chosen);
        RetiredCount += before - engine.ListKeys().Count;
    }

    private async Task AppendAsync(StorageEngine engine, string name, int count)
    {
        long first = _next;
        _next += count;
        _streams[name].Tried.Add((first, count));
        await engine.AppendAsync(name, Rows.Range(first, count));
        _streams[name].Know(first, count);
    }

    private void Judge(StorageEngine engine)
    {
        HashSet<string?> keyed = [.. engine.ListKeys().Select(k => k.Stream)];
        foreach ((string name, Expected expected) in _streams)
        {
            bool isThere = engine.TryDescribe(name, out _);
            Assert.True(isThere || expected.IsDropTried || !expected.IsThere, $"stream {name} is gone");
            Assert.False(isThere && expected.IsDropped, $"stream {name} is back");
            Assert.Equal(isThere, keyed.Contains(name));
            expected.IsThere = isThere;
            if (isThere)
                expected.Judge(name, engine.OpenView(name).Numbers());
            else
                expected.IsDropped |= expected.IsDropTried;
        }

        // Keys of the node, of the streams, and nothing else.
        Assert.Equal(engine.List().Count + 1, keyed.Count);
    }

    private sealed class Expected
    {
        private readonly List<long> _known = [];

        public bool IsThere { get; set; }

        public bool IsDropTried { get; set; }

        public bool IsDropped { get; set; }

        public List<(long First, int Count)> Tried { get; } = [];

        public void Know(long first, int count)
        {
            Tried.Remove((first, count));
            _known.AddRange(Enumerable.Range(0, count).Select(i => first + i));
        }

        public void Judge(string name, long[] numbers)
        {
            Assert.True(numbers.AsSpan().StartsWith(_known.ToArray()), $"stream {name}: acknowledged rows are not what they were");
            while (_known.Count < numbers.Length)
            {
                (long First, int Count) batch = Tried.Single(t => t.First == numbers[_known.Count]);
                Know(batch.First, batch.Count);
                Assert.True(numbers.AsSpan().StartsWith(_known.ToArray()), $"stream {name}: a batch is torn");
            }

            Tried.Clear();
        }
    }
}
