using Varve.Storage.Tests.FileSystem;

namespace Varve.Storage.Tests.Recovery;

/// <summary>
/// The checker of the engine's crash tests. It appends numbered batches, knows which were acknowledged and which were only tried, and judges what
/// is there after a crash: every acknowledged batch, whole, in order, once, at its offset; of those that were only tried, any, but whole, behind
/// the acknowledged ones of their time; and what was seen once stays. One thread.
/// </summary>
/// <param name="seals">Whether it also flushes and compacts now and then, and lets the background do so all the time.</param>
internal sealed class RowLedger(bool seals = false)
{
    private const int PartsFrom = 300;

    /// <summary>Sizes of the batches, by number. Row r of batch b is b * 10,000 + r.</summary>
    private readonly List<int> _sizes = [];
    private readonly List<long> _known = [];
    private readonly HashSet<int> _tried = [];
    private bool _isCreated;

    /// <summary>
    /// Opens, judges, appends for a while. Returns what ended it: null, or the failure after which the engine has to be opened again.
    /// </summary>
    public async Task<StorageException?> LiveAsync(FaultyFileSystem disk, Random random, int batchCount)
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
                Judge(engine);
                if (!engine.TryDescribe("s", out _))
                    await engine.CreateStreamAsync("s", Rows.Schema);
                _isCreated = true;
                while (_sizes.Count == 0 || batchCount-- > 0)
                {
                    await AppendAsync(engine, random);
                    if (seals)
                        await SealAsync(engine, random);
                }

                return null;
            }
            catch (StorageException e) when (e.Code is not StorageErrorCode.Corruption || disk.IsCut || disk.Fault?.Struck == true)
            {
                return e;
            }
        }
    }

    public async Task JudgeAsync(FaultyFileSystem disk)
    {
        await using StorageEngine engine = await StorageEngine.OpenAsync(Options(disk));
        Judge(engine);
    }

    /// <summary>Up to three batches at once, some so large that they are written in parts.</summary>
    private async Task AppendAsync(StorageEngine engine, Random random)
    {
        (int Batch, Task<AppendResult> Append)[] appends = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ =>
        {
            int batch = _sizes.Count;
            _sizes.Add(random.Next(4) == 0 ? random.Next(PartsFrom, 700) : random.Next(1, 20));
            _tried.Add(batch);
            return (batch, engine.AppendAsync("s", Rows.Range(batch * 10_000L, _sizes[batch])));
        })];
        await Task.WhenAll(appends.Select(a => a.Append)).ContinueWith(_ => { }, TaskScheduler.Default);
        foreach ((int batch, Task<AppendResult> append) in appends)
        {
            if (!append.IsCompletedSuccessfully)
                continue;
            if (append.Result.FirstOffset != _known.Count)
                throw new RowLedgerException($"batch {batch} was acknowledged at offset {append.Result.FirstOffset}, {_known.Count} was next");
            Know(batch);
        }

        foreach ((_, Task<AppendResult> append) in appends)
            await append;
    }

    /// <summary>That a segment cannot be written costs nothing but the segment.</summary>
    private static async Task SealAsync(StorageEngine engine, Random random)
    {
        try
        {
            if (random.Next(4) == 0)
                await engine.FlushAsync("s");
            if (random.Next(6) == 0)
                await engine.CompactAsync("s");
        }
        catch (StorageException e) when (engine.IsAccepting)
        {
            if (e.Code is not (StorageErrorCode.DiskError or StorageErrorCode.DiskFull or StorageErrorCode.Corruption))
                throw new RowLedgerException($"sealing ended with {e.Code}: {e.Message}");
        }
    }

    private StorageOptions Options(FaultyFileSystem disk) => seals
        ? SimulatedOptions.On(disk) with { SealRows = 200, SegmentRowsMax = 2_000, SegmentRawBytesMax = 1 << 20 }
        : SimulatedOptions.On(disk);

    private void Know(int batch)
    {
        _tried.Remove(batch);
        for (int row = 0; row < _sizes[batch]; row++)
            _known.Add((batch * 10_000L) + row);
    }

    private void Judge(StorageEngine engine)
    {
        if (!engine.TryDescribe("s", out _))
        {
            if (_isCreated)
                throw new RowLedgerException("the stream is gone");
            return;
        }

        long[] numbers = engine.OpenView("s").Numbers();
        for (int i = 0; i < _known.Count; i++)
        {
            if (i >= numbers.Length || numbers[i] != _known[i])
                throw new RowLedgerException($"offset {i} held {_known[i]} and now holds {(i < numbers.Length ? numbers[i] : "nothing")}");
        }

        for (int i = _known.Count; i < numbers.Length; i = _known.Count)
        {
            int batch = (int)(numbers[i] / 10_000);
            if (!_tried.Contains(batch))
                throw new RowLedgerException($"offset {i} holds {numbers[i]}, which is there already or was never appended");
            if (!numbers.Skip(i).Take(_sizes[batch]).SequenceEqual(Enumerable.Range(0, _sizes[batch]).Select(row => (batch * 10_000L) + row)))
                throw new RowLedgerException($"batch {batch} of {_sizes[batch]} rows is torn at offset {i}");
            Know(batch);
        }

        // What was tried before this opening and is not there will never be.
        _tried.Clear();
        _isCreated = true;
    }
}
