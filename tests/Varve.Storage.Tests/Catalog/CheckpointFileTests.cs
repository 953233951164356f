using Varve.Arrow;
using Varve.Storage.Catalog;
using Varve.Storage.Consumers;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Producers;
using Varve.Storage.Segments;
using Varve.Storage.Streams;
using Varve.Storage.Tests.FileSystem;
using Varve.Storage.Tests.Segments;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Catalog;

public class CheckpointFileTests(ITestOutputHelper output)
{
    private static readonly Keyring NoKeys = Keyring.Off();

    private static readonly Guid Node = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");

    [Fact]
    public void A_checkpoint_is_read_as_it_was_written()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        for (int i = 0; i < 200; i++)
        {
            CheckpointState state = RandomState(random);
            AssertSame(state, CheckpointFile.Parse(CheckpointFile.ToBytes(Node, NoKeys, state), "checkpoint", Node, NoKeys));
        }
    }

    [Fact]
    public void A_checkpoint_has_these_bytes()
    {
        ProducerState producer = new(2, "p");
        producer.Open(3, 4);
        producer.Take(5, [new ProducedBatch(5, 6, 7, 8, new LogPosition(9))], 10);
        CheckpointState state = new(new LogPosition(9), 3, 4, 5, []) { Producers = new ProducerCapture(2, [producer]) };
        const string versionTwo = "5641525643484B50" + "0200" + "0200" + "01000000" + "00112233445566778899AABBCCDDEEFF" + "0900000000000000"
            + "C000000000000000" + "76549694" + "0000000000000000" + "DCE4A4E2" // length and checksum of the body, checksum of the header
            + "00000000" + "00000000000000000000000000000000000000000000000000000000" + "D6856969" + "000000000000000000000000" // not sealed
            + "0900000000000000" + "0300000000000000" + "0400000000000000" + "0500000000000000" + "00000000" + "68000000"
            + "0200000000000000" + "01000000" + "00000000" // producers
            + "58000000" + "0100" + "0100" + "0200000000000000" + "0600000000000000" + "0A00000000000000" + "03000000" + "00000000" // one of them
            + "0500000000000000" + "0600000000000000" + "0700000000000000" + "0900000000000000" + "08000000" + "00000000" // its append
            + "7000000000000000"; // its name
        AssertSame(state, CheckpointFile.Parse(Convert.FromHexString(versionTwo), "c", Node, NoKeys));

        state = state with { Producers = ProducerCapture.Empty, Consumers = ConsumerSet.Restore(7, [SomeConsumer()]) };
        byte[] body = CheckpointCodec.Write(state with { Streams = [] }, NoKeys);
        const string expected = "0900000000000000" + "0300000000000000" + "0400000000000000" + "0500000000000000" + "00000000" + "00000000"
            + "B800000000000000" // bytes of the consumers
            + "0700000000000000" + "01000000" + "00000000" // consumers
            + "A8000000" + "02000000" + "0500000000000000" + "0300000000000000" // one of them: length, epoch, id, stream
            + "0100000000000000" + "0200000000000000" + "0A00000000000000" + "0C00000000000000" // created, last progress, start, offset
            + "0300000000000000" + "0100000000000000" + "0000000000000000" + "0400000000000000" // acknowledged, dead, missed, failed
            + "01000000" + "01000000" + "1400000000000000" + "1600000000000000" // ranges: passed
            + "0F00000000000000" + "1000000000000000" + "0200000000000000" // failed
            + "3075000000000000" + "00000100" + "00000000" + "0100" + "0000" + "00000000" + "6300000000000000"; // settings and name
        string found = Convert.ToHexString(body);
        Assert.True(expected == found, $"the format of the checkpoint changed: no node checkpointed before can be opened. Found {found}");
    }

    [Fact]
    public void A_checkpoint_of_version_1_is_read()
    {
        const string bytes = "5641525643484B50" + "0100" + "0100" + "01000000" + "00112233445566778899AABBCCDDEEFF" + "0900000000000000"
            + "5800000000000000" + "B6B80985" + "0000000000000000" + "C3C1A504" // length and checksum of the body, checksum of the header
            + "00000000" + "00000000000000000000000000000000000000000000000000000000" + "E4548C8C" + "000000000000000000000000" // not sealed
            + "0900000000000000" + "0300000000000000" + "0400000000000000" + "0500000000000000" + "00000000" + "00000000";
        CheckpointState read = CheckpointFile.Parse(Convert.FromHexString(bytes), "c", Node, NoKeys);
        AssertSame(new CheckpointState(new LogPosition(9), 3, 4, 5, []), read);
    }

    [Fact]
    public void A_checkpoint_with_any_bit_flipped_or_cut_off_is_refused()
    {
        CheckpointState state = RandomState(new Random(5));
        byte[] bytes = CheckpointFile.ToBytes(Node, NoKeys, state);
        for (int bit = 0; bit < bytes.Length * 8; bit += bit < 64 * 8 ? 1 : 7)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Refused(bytes);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (int length = 0; length < bytes.Length; length += 1 + (length / 50))
            Refused(bytes[..length]);
        Refused([.. bytes, 0]);
        AssertSame(state, CheckpointFile.Parse(bytes, "checkpoint", Node, NoKeys));

        static void Refused(byte[] damaged)
        {
            StorageException e = Assert.Throws<StorageException>(() => CheckpointFile.Parse(damaged, "/data/checkpoint", Node, NoKeys));
            Assert.Equal(StorageErrorCode.Corruption, e.Code);
            Assert.StartsWith("/data/checkpoint is damaged", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_body_that_is_damaged_behind_the_checksum_ends_in_an_error()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        int refused = 0;
        for (int i = 0; i < 3_000; i++)
        {
            byte[] body = CheckpointCodec.Write(RandomState(random), NoKeys);
            for (int flips = random.Next(1, 4); flips > 0; flips--)
                body[random.Next(body.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0)
                body = body[..random.Next(body.Length)];
            try
            {
                CheckpointCodec.Read(body, NoKeys);
            }
            catch (CheckpointFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1_000, 3_000);
    }

    [Fact]
    public void A_checkpoint_of_another_node_or_of_a_newer_format_is_refused()
    {
        FaultyFileSystem disk = new();
        CheckpointFile.Write(disk, FaultyFileSystem.Root, Node, NoKeys, RandomState(new Random(1)));
        StorageException other = Assert.Throws<StorageException>(() => CheckpointFile.Read(disk, FaultyFileSystem.Root, Guid.NewGuid(), NoKeys));
        Assert.Equal(StorageErrorCode.Corruption, other.Code);
        Assert.Contains($"it is of node {Node}", other.Message, StringComparison.Ordinal);

        byte[] newer = CheckpointFile.ToBytes(Node, NoKeys, RandomState(new Random(1)));
        newer[8] = newer[10] = 4;
        BitConverter.TryWriteBytes(newer.AsSpan(60), Varve.Storage.Log.Crc32C.Compute(newer.AsSpan(0, 60)));
        Assert.Equal(StorageErrorCode.Unsupported, Assert.Throws<StorageException>(() => CheckpointFile.Parse(newer, "c", Node, NoKeys)).Code);
    }

    [Fact]
    public void Whatever_fails_while_it_is_written_leaves_the_old_one_or_the_new_one()
    {
        int seed = TestSeed.Next(output.WriteLine);
        CheckpointState old = RandomState(new Random(1)) with { Position = new LogPosition(10_001) };
        CheckpointState next = RandomState(new Random(2)) with { Position = new LogPosition(10_002) };
        for (int at = 1, struck = 1; struck > 0; at++)
        {
            foreach (bool isCut in new[] { false, true })
            {
                FaultyFileSystem disk = new();
                CheckpointFile.Write(disk, FaultyFileSystem.Root, Node, NoKeys, old);
                if (isCut)
                    disk.CutAt = disk.Operations + at;
                else
                    disk.Fault = new Fault(disk.Operations + at, Errno.NoSpace, ForEver: true);
                IOException? failed = Record.Exception(() => CheckpointFile.Write(disk, FaultyFileSystem.Root, Node, NoKeys, next)) as IOException;
                struck = failed is null ? 0 : 1;
                FaultyFileSystem after = isCut ? disk.AfterPowerCut(new Random(seed + at)) : disk.AfterKill();
                LogPosition found = CheckpointFile.Read(after, FaultyFileSystem.Root, Node, NoKeys)!.Position;
                Assert.InRange(found.Value, failed is null ? 10_002 : 10_001, 10_002);
                CheckpointFile.Write(after, FaultyFileSystem.Root, Node, NoKeys, next);
            }
        }
    }

    private static ConsumerState SomeConsumer() => new()
    {
        Id = 5,
        StreamId = 3,
        Name = "c",
        Settings = ConsumerSettings.Default,
        CreatedMicros = 1,
        LastProgressMicros = 2,
        Epoch = 2,
        StartOffset = 10,
        Offset = 12,
        AcknowledgedRowCount = 3,
        DeadRowCount = 1,
        FailedRowCount = 4,
        Done = OffsetRanges.Of([new OffsetRange(20, 22)]),
        Failed = FailedDeliveries.Restore([new FailedRows(15, 16, 2)]),
    };

    private static CheckpointState RandomState(Random random)
    {
        List<CheckpointStream> streams = [];
        long segmentId = 0;
        for (int id = 1; id < 6; id++)
        {
            if (random.Next(3) == 0)
                continue;
            int columnCount = random.Next(1, 5);
            long first = random.Next(100);
            long next = first;
            List<SegmentInfo> segments = [];
            for (int count = random.Next(4); count > 0; count--)
            {
                long rows = random.Next(1, 70_000);
                segments.Add(TestSegments.Info(++segmentId, id, next, next + rows, random.Next(columnCount + 1)) with { ClusteredBy = [] });
                next += rows;
            }

            streams.Add(new CheckpointStream
            {
                Id = id,
                Name = "stream/" + id,
                CreatedMicros = 5,
                Schema = new Schema(
                    [.. Enumerable.Range(0, columnCount).Select(i => new Field("c" + i, i % 2 == 0 ? ArrowTypes.Int64 : ArrowTypes.Utf8))]),
                SchemaVersion = random.Next(1, 9),
                Settings = random.Next(2) == 0
                    ? StoredSettings.None
                    : new StoredSettings([columnCount - 1], 1_000_000, random.Next(9), random.Next(9)),
                Segments = SegmentList.Restore(segments, first, next, columnCount, out _)!,
                EndOffset = next + random.Next(1_000),
                LastTimeMicros = 2_000_000 + random.Next(100),
                Position = new LogPosition(random.Next(1, 1_000)),
            });
        }

        return new CheckpointState(
            new LogPosition(1_000 + random.Next(1_000)), 6 + random.Next(5), segmentId + random.Next(5), random.Next(100), streams)
        {
            Producers = random.Next(4) == 0 ? ProducerCapture.Empty : RandomProducers(random),
            Consumers = random.Next(4) == 0 ? ConsumerSet.Empty : RandomConsumers(random, streams),
        };
    }

    private static ConsumerSet RandomConsumers(Random random, IReadOnlyList<CheckpointStream> streams)
    {
        List<ConsumerState> consumers = [];
        foreach (CheckpointStream stream in streams)
        {
            ConsumerState state = SomeConsumer() with { Id = consumers.Count + 1, StreamId = stream.Id, Done = OffsetRanges.Empty };
            long rows = stream.EndOffset - stream.Segments.FirstOffset;
            long[] cuts = [.. Enumerable.Range(0, 5).Select(_ => stream.Segments.FirstOffset + random.NextInt64(rows + 1)).Distinct().Order()];
            OffsetRanges done = cuts.Length < 5 ? OffsetRanges.Empty : OffsetRanges.Of([new OffsetRange(cuts[1], cuts[2])]);
            consumers.Add(state with
            {
                StartOffset = cuts[0],
                Offset = cuts[0],
                Done = done,
                Failed = cuts.Length < 5 ? FailedDeliveries.Empty : FailedDeliveries.Restore([new FailedRows(cuts[3], cuts[4], random.Next(1, 5))]),
                AcknowledgedRowCount = done.RowCount,
                DeadRowCount = 0,
            });
        }

        return ConsumerSet.Restore(consumers.Count + random.Next(3), consumers);
    }

    private static ProducerCapture RandomProducers(Random random)
    {
        List<ProducerState> producers = [];
        for (int id = 1; id < 4; id++)
        {
            if (random.Next(3) == 0)
                continue;
            ProducerState producer = new(id, "producer " + id);
            producer.Open(random.Next(1, 9), random.Next(1_000));
            for (int sequence = 0; sequence < random.Next(200); sequence++)
                producer.Take(sequence, [new ProducedBatch(sequence, 1, random.Next(99), 7, new LogPosition(sequence + 1))], random.Next(1_000));
            producers.Add(producer);
        }

        return new ProducerCapture(3 + random.Next(3), producers);
    }

    private static void AssertSame(CheckpointState expected, CheckpointState found)
    {
        Assert.Equal(expected with { Streams = found.Streams, Producers = found.Producers, Consumers = found.Consumers }, found);
        Assert.Equal(expected.Consumers.LastId, found.Consumers.LastId);
        Assert.Equal(ConsumerCodec.Write(expected.Consumers), ConsumerCodec.Write(found.Consumers));
        Assert.Equal(expected.Consumers.ById.Count, found.Consumers.ById.Count);
        Assert.Equal(expected.Producers.LastId, found.Producers.LastId);
        Assert.Equal(expected.Producers.Producers.Select(p => p.Session), found.Producers.Producers.Select(p => p.Session));
        Assert.Equal(expected.Producers.Producers.Select(p => p.LastTimeMicros), found.Producers.Producers.Select(p => p.LastTimeMicros));
        Assert.Equal(expected.Producers.Producers.SelectMany(p => p.Kept), found.Producers.Producers.SelectMany(p => p.Kept));
        Assert.Equal(expected.Streams.Count, found.Streams.Count);
        foreach ((CheckpointStream stream, CheckpointStream read) in expected.Streams.Zip(found.Streams))
        {
            Assert.Equal(stream.Schema.Fields, read.Schema.Fields);
            Assert.Equal(stream.Settings.ClusterColumns, read.Settings.ClusterColumns);
            Assert.Equal((stream.Segments.FirstOffset, stream.Segments.SealedEnd), (read.Segments.FirstOffset, read.Segments.SealedEnd));
            Assert.Equal(stream.Segments.Items.Length, read.Segments.Items.Length);
            foreach ((SegmentInfo segment, SegmentInfo segmentRead) in stream.Segments.Items.Zip(read.Segments.Items))
                TestSegments.AssertSame(segment, segmentRead);
            Assert.Equal(stream with { Schema = read.Schema, Segments = read.Segments, Settings = read.Settings }, read);
        }
    }
}
