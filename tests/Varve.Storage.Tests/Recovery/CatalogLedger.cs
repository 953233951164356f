using System.Collections.Immutable;
using Varve.Arrow;
using Varve.Storage.Segments;
using Varve.Storage.Sequencing;
using Varve.Storage.Streams;
using Varve.Storage.Tests.FileSystem;
using Varve.Storage.Tests.Segments;

namespace Varve.Storage.Tests.Recovery;

/// <summary>
/// The checker of what a node knows: random changes, one after the other, on an engine and on a <see cref="CatalogModel"/>. What is there after a
/// restart must be the model as it was before or after the change that was under way, and the directory of segments just the files that it names.
/// Times must not fall, and ids not come back. One thread.
/// </summary>
internal sealed class CatalogLedger(Func<StorageOptions, StorageOptions> change)
{
    private readonly ManualTime _time = new();
    private readonly HashSet<long> _segmentIds = [];
    private readonly Dictionary<long, long> _times = [];
    private CatalogModel _before = CatalogModel.Empty;
    private CatalogModel _after = CatalogModel.Empty;
    private long _lastStreamId;
    private long _nextRow;

    /// <summary>Opens, judges and changes at random. Returns what ended it: null, or the failure after which it is to be opened again.</summary>
    public async Task<StorageException?> LiveAsync(FaultyFileSystem disk, Random random, int changeCount)
    {
        _time.Now += TimeSpan.FromSeconds(random.Next(-100, 100));
        StorageOptions options = change(TestSegments.Alone(SimulatedOptions.On(disk))) with { Time = _time };
        StorageEngine engine;
        try
        {
            engine = await StorageEngine.OpenAsync(options);
        }
        catch (StorageException e) when (e.Code is not StorageErrorCode.Corruption || disk.IsCut)
        {
            return e;
        }

        await using (engine)
        {
            Judge(engine, disk, options);
            try
            {
                for (int i = 0; i < changeCount; i++)
                {
                    await ChangeAsync(engine, options, random);
                    _before = _after;
                    Judge(engine);
                }

                return null;
            }
            catch (Exception e) when (e is StorageException or IOException)
            {
                return e as StorageException ?? new StorageException(StorageErrorCode.NodeStopped, e.Message, e);
            }
        }
    }

    private void Judge(StorageEngine engine, FaultyFileSystem disk, StorageOptions options)
    {
        Judge(engine);
        string[] expected = [.. _after.Streams.Values.SelectMany(s => s.Segments).Select(s => $"{s.Id:D10}.seg").Order(StringComparer.Ordinal)];
        string[] found = [.. disk.Image(Path.Combine(options.Directory, "segments")).Keys.Order(StringComparer.Ordinal)];
        if (!expected.SequenceEqual(found))
            throw new CatalogLedgerException($"files of segments are {string.Join(' ', found)}, expected were {string.Join(' ', expected)}");
    }

    private void Judge(StorageEngine engine)
    {
        IEnumerable<StreamState> streams = engine.CatalogHead.Streams.Values.OrderBy(s => s.Name, StringComparer.Ordinal);
        string found = string.Join("\n", streams.Select(s => StreamModel.Describe(s.Head)));
        if (found == _after.Describe())
            _before = _after;
        else if (found == _before.Describe())
            _after = _before;
        else
            throw new CatalogLedgerException($"found\n{found}\nwhere there was\n{_before.Describe()}\nor\n{_after.Describe()}");
        long rows = _after.Streams.Values.Sum(s => s.Rows.Count - s.FirstOffset);
        if (engine.Statistics.RowCount != rows)
            throw new CatalogLedgerException($"{engine.Statistics.RowCount} rows are counted, {rows} are there");
        foreach (StreamState stream in engine.CatalogHead.Streams.Values)
        {
            _lastStreamId = Math.Max(_lastStreamId, stream.Id);
            if (stream.Head.LastTimeMicros < _times.GetValueOrDefault(stream.Id))
                throw new CatalogLedgerException($"the time of stream {stream.Id} fell to {stream.Head.LastTimeMicros}");
            _times[stream.Id] = stream.Head.LastTimeMicros;
        }
    }

    private async Task ChangeAsync(StorageEngine engine, StorageOptions options, Random random)
    {
        _time.Now += TimeSpan.FromMilliseconds(random.Next(-10, 50));
        StreamModel? stream = _before.Streams.Count == 0 ? null : _before.Streams.Values.ElementAt(random.Next(_before.Streams.Count));
        int dice = random.Next(100);
        if (stream is null || (dice < 5 && _before.Streams.Count < 4))
        {
            await CreateAsync(engine, random);
            return;
        }

        StreamState state = engine.CatalogHead.Find(stream.Name);
        Task work = dice switch
        {
            < 8 => DropAsync(engine, stream, random),
            < 12 => AddColumnAsync(engine, stream),
            < 16 => SetAsync(engine, stream, random),
            < 40 => AppendAsync(engine, stream, random.Next(4) == 0 ? random.Next(200, 500) : random.Next(1, 60)),
            < 62 => SealAsync(engine, options, state, stream, random),
            < 74 => ReplaceAsync(engine, options, state, stream, random),
            < 82 => TrimAsync(engine, state, stream, random),
            _ => engine.CheckpointAsync(),
        };
        await work;
    }

    private async Task CreateAsync(StorageEngine engine, Random random)
    {
        string name = Enumerable.Range(0, 10).Select(i => "s" + i).First(n => !_before.Streams.ContainsKey(n));
        long? retain = random.Next(2) == 0 ? null : 1_000_000;

        StreamModel made = new(name, _lastStreamId + 1, 2, retain, 0, [], []);
        _after = _before.With(made);
        StreamDescription created = await engine.CreateStreamAsync(name, Rows.Schema, new StreamSettings { RetainRows = retain });
        if (created.Id != made.Id)
            throw new CatalogLedgerException($"a stream got id {created.Id}, {made.Id} was next");
    }

    private async Task DropAsync(StorageEngine engine, StreamModel stream, Random random)
    {
        if (random.Next(3) > 0)
            return;
        _after = _before.Without(stream.Name);
        await engine.DropStreamAsync(stream.Name);
    }

    private async Task AddColumnAsync(StorageEngine engine, StreamModel stream)
    {
        _after = _before.With(stream with { Columns = stream.Columns + 1 });
        await engine.AddColumnsAsync(stream.Name, [new Field("x" + stream.Columns, ArrowTypes.Int32)]);
    }

    private async Task SetAsync(StorageEngine engine, StreamModel stream, Random random)
    {
        long retain = 1_000_000 + random.Next(1, 9);
        _after = _before.With(stream with { RetainRows = retain });
        await engine.SetStreamSettingsAsync(stream.Name, new StreamSettings { RetainRows = retain, ClusterBy = ["text"] });
    }

    private async Task AppendAsync(StorageEngine engine, StreamModel stream, int count)
    {
        long[] rows = [.. Enumerable.Range(0, count).Select(_ => _nextRow++)];
        _after = _before.With(stream with { Rows = stream.Rows.AddRange(rows) });
        AppendResult appended = await engine.AppendAsync(stream.Name, Rows.Of(rows));
        if (appended.FirstOffset != stream.Rows.Count)
            throw new CatalogLedgerException($"rows of stream '{stream.Name}' got offset {appended.FirstOffset}, {stream.Rows.Count} was next");
    }

    private async Task SealAsync(StorageEngine engine, StorageOptions options, StreamState state, StreamModel stream, Random random)
    {
        long rows = stream.Rows.Count - stream.SealedEnd;
        if (rows == 0)
            return;
        long to = stream.SealedEnd + (random.Next(2) == 0 ? rows : random.NextInt64(1, rows + 1));
        SegmentInfo segment = Make(engine, options, state, stream, stream.SealedEnd, to, random);
        _after = _before.With(stream with { Segments = stream.Segments.Add(segment) });
        Expect(await engine.SegmentChanges.SealAsync(state, segment), segment);
    }

    private async Task ReplaceAsync(StorageEngine engine, StorageOptions options, StreamState state, StreamModel stream, Random random)
    {
        if (stream.Segments.IsEmpty)
            return;
        int first = random.Next(stream.Segments.Count);
        int count = random.Next(1, Math.Min(4, stream.Segments.Count - first) + 1);
        ImmutableList<SegmentInfo> removed = stream.Segments.GetRange(first, count);
        long from = removed[0].FirstOffset;
        long to = removed[^1].EndOffset;
        long middle = random.Next(3) > 0 || to - from < 2 ? to : random.NextInt64(from + 1, to);
        List<SegmentInfo> added = [Make(engine, options, state, stream, from, middle, random)];
        if (middle < to)
            added.Add(Make(engine, options, state, stream, middle, to, random));
        _after = _before.With(stream with { Segments = stream.Segments.RemoveRange(first, count).InsertRange(first, added) });
        Expect(await engine.SegmentChanges.ReplaceAsync(state, [.. removed.Select(s => s.Id)], added), [.. added]);
    }

    private async Task TrimAsync(StorageEngine engine, StreamState state, StreamModel stream, Random random)
    {
        if (stream.Segments.IsEmpty)
            return;
        int gone = random.Next(1, stream.Segments.Count + 1);
        long first = stream.Segments[gone - 1].EndOffset;
        _after = _before.With(stream with { FirstOffset = first, Segments = stream.Segments.RemoveRange(0, gone) });
        Expect(await engine.SegmentChanges.TrimAsync(state, first));
    }

    private static SegmentInfo Make(
        StorageEngine engine, StorageOptions options, StreamState state, StreamModel stream, long from, long to, Random random)
    {
        int columns = random.Next(stream.Columns + 1);
        SegmentInfo segment = TestSegments.Info(engine.SegmentChanges.TakeId(), state.Id, from, to, columns, state.CreatedMicros);
        TestSegments.WriteFile(options, segment);
        return segment;
    }

    private void Expect(SegmentOutcome outcome, params SegmentInfo[] made)
    {
        if (outcome != SegmentOutcome.Done)
            throw new CatalogLedgerException($"a change of segments was {outcome}");
        foreach (SegmentInfo segment in made)
        {
            if (!_segmentIds.Add(segment.Id))
                throw new CatalogLedgerException($"segment id {segment.Id} comes again");
        }
    }
}
