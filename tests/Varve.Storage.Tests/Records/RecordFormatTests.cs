using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Arrow.Values;
using Varve.Storage.Keys;
using Varve.Storage.Log;
using Varve.Storage.Records;
using Varve.Storage.Segments;
using Varve.Storage.Streams;
using Varve.Storage.Tests.Segments;
using Varve.Storage.Zones;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Records;

public class RecordFormatTests(ITestOutputHelper output)
{
    private static readonly StreamSchema Stream = new(new Schema([.. Enumerable.Range(0, 4).Select(i => new Field("c" + i, ArrowTypes.Int64))]), 1);

    [Fact]
    public void Catalog_records_are_read_as_they_were_written()
    {
        LogRecord[] records =
        [
            new DropStreamRecord(7, 123_456),
            new AbandonPartsRecord(8, 5, 99),
            new AppendGroupRecord(6, new ProducerSequence(7, 8, 9), 10),
            new AbandonGroupRecord(11),
            new OpenProducerRecord(12, 13, 14, "prodücer"),
            new ForgetProducerRecord(15, 16),
        ];
        Assert.Equal(records, Read(Entry([.. records.Select(RecordWriter.Write)])));

        CreateStreamRecord create = new(1, 2, "name/x", Rows.Schema);
        CreateStreamRecord createRead = Assert.IsType<CreateStreamRecord>(Assert.Single(Read(Entry(RecordWriter.Write(create)))));
        Assert.Equal(create, createRead);
        StoredSettings settings = new([3, 1], 5_000_000, 6, 7);
        AssertSame(settings, ReadOne(create with { Settings = settings }).Settings);
        AddColumnsRecord add = new(3, 4, 5, [new Field("x", ArrowTypes.Date32)]);
        AddColumnsRecord addRead = Assert.IsType<AddColumnsRecord>(Assert.Single(Read(Entry(RecordWriter.Write(add)))));
        Assert.Equal(add with { Fields = [] }, addRead with { Fields = [] });
        Assert.Equal(add.Fields, addRead.Fields);
    }

    [Fact]
    public void Records_of_consumers_are_read_as_they_were_written()
    {
        ConsumerSettings settings = new()
        {
            AckTimeout = TimeSpan.FromMilliseconds(1_500),
            DeliveriesMax = 4,
            DeadLetterStream = "dead/x",
            RowsInFlightMax = 77,
        };
        LogRecord[] records =
        [
            new CreateConsumerRecord(1, 2, 3, 4, settings, "consümer"),
            new CreateConsumerRecord(1, 2, 3, 4, ConsumerSettings.Default, "c"),
            new AlterConsumerRecord(5, 6, 7, settings),
            new DeleteConsumerRecord(8, 9, 10),
            new ResetConsumerRecord(11, 12, 13, 14),
            new ResetConsumerRecord(11, 12, 13, null),
        ];
        Assert.Equal(records, Read(Entry([.. records.Select(RecordWriter.Write)])));
        ConsumerProgressRecord progress = new(1, 2, 3, [new OffsetRange(4, 5), new OffsetRange(7, 9)], [new OffsetRange(10, 11)]) { IsDeadLetters = true };
        ConsumerProgressRecord read = ReadOne(progress);
        Assert.Equal(progress with { Passed = read.Passed, Failed = read.Failed }, read);
        Assert.Equal(progress.Passed.ToArray(), read.Passed.ToArray());
        Assert.Equal(progress.Failed.ToArray(), read.Failed.ToArray());
    }

    [Fact]
    public void Records_of_consumers_have_these_bytes()
    {
        const string times = "0100000000000000" + "0200000000000000" + "0300000000000000"; // stream, time, consumer
        const string settings = "DC05000000000000" + "4D000000" + "04000000" + "0100" + "0200" + "00000000";
        ConsumerSettings some = new() { AckTimeout = TimeSpan.FromSeconds(1.5), DeliveriesMax = 4, DeadLetterStream = "dl", RowsInFlightMax = 77 };
        Expect("48000000" + "0E010000" + times + "0400000000000000" + settings + "63646C0000000000", new CreateConsumerRecord(1, 2, 3, 4, some, "c"));
        Expect(
            "40000000" + "0F010000" + times + settings.Replace("01000200", "00000200", StringComparison.Ordinal) + "646C000000000000",
            new AlterConsumerRecord(1, 2, 3, some));
        Expect("20000000" + "10010000" + times, new DeleteConsumerRecord(1, 2, 3));
        Expect("28000000" + "11010000" + times + "FFFFFFFFFFFFFFFF", new ResetConsumerRecord(1, 2, 3, null));
        Expect(
            "48000000" + "12010400" + times + "01000000" + "01000000" + "0400000000000000" + "0500000000000000" + "0600000000000000" + "0900000000000000",
            new ConsumerProgressRecord(1, 2, 3, [new OffsetRange(4, 5)], [new OffsetRange(6, 9)]) { IsDeadLetters = true });

        static void Expect(string expected, LogRecord record)
        {
            string found = Convert.ToHexString(RecordWriter.Write(record));
            Assert.True(expected == found, $"the format of {record.GetType().Name} changed: no log written before can be read. Found {found}");
        }
    }

    [Fact]
    public void Records_of_segments_are_read_as_they_were_written()
    {
        SealRecord seal = new(1, 2, TestSegments.Info(5, 1, 10, 20, columnCount: 3));
        TestSegments.AssertSame(seal.Segment, ReadOne(seal).Segment);
        ReplaceSegmentsRecord replace = new(1, 2, [7, 8, 9], [TestSegments.Info(10, 1, 0, 5), TestSegments.Info(11, 1, 5, 9, columnCount: 0)]);
        ReplaceSegmentsRecord replaceRead = ReadOne(replace);
        Assert.Equal(replace.RemovedIds, replaceRead.RemovedIds);
        Assert.Equal(2, replaceRead.Added.Count);
        TestSegments.AssertSame(replace.Added[0], replaceRead.Added[0]);
        TestSegments.AssertSame(replace.Added[1], replaceRead.Added[1]);
        RestoreStreamRecord restore = new(
            new CreateStreamRecord(1, 2, "name/x", Rows.Schema) { Settings = new StoredSettings([1], 0, 0, 0) },
            10,
            [TestSegments.Info(5, 1, 10, 20, columnCount: 3), TestSegments.Info(6, 1, 20, 30)]);
        RestoreStreamRecord restored = ReadOne(restore);
        Assert.Equal((restore.StreamId, restore.TimeMicros, restore.FirstOffset), (restored.StreamId, restored.TimeMicros, restored.FirstOffset));
        Assert.Equal(restore.Stream with { Settings = StoredSettings.None }, restored.Stream with { Settings = StoredSettings.None });
        AssertSame(restore.Stream.Settings, restored.Stream.Settings);
        Assert.Equal(2, restored.Segments.Count);
        TestSegments.AssertSame(restore.Segments[0], restored.Segments[0]);
        TestSegments.AssertSame(restore.Segments[1], restored.Segments[1]);
        TrimRecord trim = new(1, 2, 99);
        Assert.Equal(trim, ReadOne(trim));
        StoredSettings settings = new([0, 3], 1_000_000, 2, 3);
        AssertSame(settings, ReadOne(new StreamSettingsRecord(1, 2, settings)).Settings);
        AssertSame(StoredSettings.None, ReadOne(new StreamSettingsRecord(1, 2, StoredSettings.None)).Settings);
    }

    [Fact]
    public void Records_of_segments_have_these_bytes()
    {
        SegmentInfo segment = new()
        {
            Id = 5,
            StreamId = 1,
            FirstOffset = 10,
            RowCount = 65_540,
            BlockRows = [65_536, 4],
            ColumnCount = 2,
            KeyVersion = 3,
            FileBytes = 4096,
            RawBytes = 9,
            FirstTimeMicros = 6,
            LastTimeMicros = 7,
            IsClustered = true,
            ClusteredBy = [1],
            Zones = [null, new Zone(ZoneValue.Of(-1), ZoneValue.Of(300), HasNulls: true)],
        };
        const string head = "90000000" + "37000000" + "0500000000000000" + "0A00000000000000" + "0400010000000000" + "0010000000000000"
            + "0900000000000000" + "0600000000000000" + "0700000000000000" + "03000000" + "02000000" + "0200" + "0100" + "0100" + "0000"
            + "FFFF" + "0300" + "0100";
        const string noSalt = "00000000" + "00000000000000000000000000000000000000000000000000000000";
        const string info = head + noSalt + "94931A40" + "000000000000000000000000" + "00" + "0D01FF022C01" + "000000";
        const string times = "0100000000000000" + "0200000000000000";
        Expect("A8000000" + "06010000" + times + info, new SealRecord(1, 2, segment));
        Expect(
            "C0000000" + "07010000" + times + "02000000" + "01000000" + "0300000000000000" + "0400000000000000" + info,
            new ReplaceSegmentsRecord(1, 2, [3, 4], [segment]));
        Expect("20000000" + "08010000" + times + "0900000000000000", new TrimRecord(1, 2, 9));
        Expect(
            "38000000" + "09010000" + times + "0A00000000000000" + "0B00000000000000" + "0C00000000000000" + "0200" + "0300" + "0100" + "0000",
            new StreamSettingsRecord(1, 2, new StoredSettings([3, 1], 10, 11, 12)));

        static void Expect(string expected, LogRecord record)
        {
            string found = Convert.ToHexString(RecordWriter.Write(record));
            Assert.True(expected == found, $"the format of {record.GetType().Name} changed: no log written before can be read. Found {found}");
        }
    }

    [Theory]
    [InlineData(new[] { 0, 1, 2, 3 }, true)]
    [InlineData(new[] { 0, 1 }, true)]
    [InlineData(new int[0], true)]
    [InlineData(new[] { 1 }, false)]
    [InlineData(new[] { 0, 2, 3 }, false)]
    public void Appends_carry_any_of_the_columns(int[] indexes, bool isPrefix)
    {
        ColumnProjection columns = Stream.Project(indexes);
        Assert.Equal(isPrefix, columns.IsPrefix);
        RecordBatch rows = Numbers(columns, 3);
        AppendRecord read = Assert.IsType<AppendRecord>(Assert.Single(Read(Entry(Encode(columns, rows)))));
        Assert.Equal((1L, 42L, 1000L, 1, 3), (read.StreamId, read.TimeMicros, read.FirstOffset, read.Part, read.PartCount));
        Assert.Equal(indexes, read.Columns.Indexes);
        Assert.True(ArrayEquality.Equals(rows, read.Rows));
    }

    [Fact]
    public void An_entry_has_these_bytes()
    {
        byte[] entry = Entry(
            RecordWriter.Write(new DropStreamRecord(0x0102030405060708, 0x1112131415161718)), RecordWriter.Write(new AbandonPartsRecord(2, 3, 4)));
        const string expected =
            "0101020000000000" // entry: version, oldest reader, two records
            + "18000000" + "03" + "01" + "0000" + "0807060504030201" + "1817161514131211" // drop stream
            + "20000000" + "05" + "01" + "0000" + "0200000000000000" + "0300000000000000" + "0400000000000000"; // abandon parts
        Assert.True(expected == Convert.ToHexString(entry),
            $"the format of log records changed: no log written before can be read. Found {Convert.ToHexString(entry)}");
    }

    [Fact]
    public void An_append_begins_with_these_bytes()
    {
        byte[] record = Encode(Stream.Project([1, 3]), Numbers(Stream.Project([1, 3]), 3));
        const string expected =
            "04" + "01" + "0100" + "0100000000000000" + "2A00000000000000" // append, columns listed, stream 1, time 42
            + "E803000000000000" + "0100" + "0300" + "03000000" + "0200" + "0000"; // offset 1000, part 1 of 3, 3 rows, 2 columns
        string found = Convert.ToHexString(record.AsSpan(4, 40));
        Assert.True(expected == found, $"the format of append records changed: no log written before can be read. Found {found}");
        Assert.Equal("0100030000000000", Convert.ToHexString(record.AsSpan(48, 8)));
        Assert.Equal(record.Length, BitConverter.ToInt32(record));
        Assert.Equal(0, record.Length % 8);
    }

    [Fact]
    public void Damaged_entries_end_in_an_error()
    {
        int seed = TestSeed.Next(output.WriteLine);
        Random random = new(seed);
        byte[] entry = Entry(
            RecordWriter.Write(new CreateStreamRecord(1, 2, "s", Rows.Schema)),
            Encode(Stream.Project([0, 2]), Numbers(Stream.Project([0, 2]), 20)),
            RecordWriter.Write(new AddColumnsRecord(1, 2, 2, [new Field("x", ArrowTypes.Utf8)])),
            RecordWriter.Write(new SealRecord(1, 2, TestSegments.Info(5, 1, 10, 20))),
            RecordWriter.Write(new ReplaceSegmentsRecord(1, 2, [7, 8], [TestSegments.Info(9, 1, 10, 20)])),
            RecordWriter.Write(new RestoreStreamRecord(new CreateStreamRecord(1, 2, "r", Rows.Schema), 10, [TestSegments.Info(5, 1, 10, 20)])),
            RecordWriter.Write(new StreamSettingsRecord(1, 2, new StoredSettings([1], 2, 3, 4))));
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] damaged = entry.AsSpan(0, random.Next(4) == 0 ? random.Next(entry.Length) : entry.Length).ToArray();
            for (int flips = random.Next(1, 4); flips > 0 && damaged.Length > 0; flips--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                Read(damaged);
            }
            catch (StorageException e)
            {
                Assert.True(e.Code is StorageErrorCode.Corruption or StorageErrorCode.Unsupported, e.Message);
                Assert.Contains("log entry 9", e.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.InRange(refused, 10_000, 20_000);
    }

    private static T ReadOne<T>(T record)
        where T : LogRecord => Assert.IsType<T>(Assert.Single(Read(Entry(RecordWriter.Write(record)))));

    private static void AssertSame(StoredSettings expected, StoredSettings found)
    {
        Assert.Equal(expected.ClusterColumns, found.ClusterColumns);
        Assert.Equal(expected with { ClusterColumns = found.ClusterColumns }, found);
    }

    private static RecordBatch Numbers(ColumnProjection columns, int rowCount) =>
        Rows.Batch(columns.Schema,
            [.. Enumerable.Range(0, rowCount).Select(r => columns.Indexes.Select(c => (object?)(long)((r * 10) + c)).ToArray())]) is { } rows
        && columns.Indexes.Length > 0 ? rows : new RecordBatch(columns.Schema, rowCount, []);

    private static byte[] Encode(ColumnProjection columns, RecordBatch rows)
    {
        EncodedAppend encoded = AppendEncoder.Encode(1, columns, rows, BodyCompression.None, sealer: null);
        encoded.Stamp(42, 1000, 1, 3, isGrouped: false);
        byte[] bytes = encoded.Bytes.ToArray();
        encoded.Release();
        return bytes;
    }

    private static byte[] Entry(params byte[][] records)
    {
        byte[] header = new byte[RecordFormat.EntryHeaderBytes];
        RecordFormat.WriteEntryHeader(header, records.Length);
        return [.. header, .. records.SelectMany(r => r)];
    }

    private static List<LogRecord> Read(byte[] entry)
    {
        List<LogRecord> records = [];
        new RecordReader(id => id == 1 ? Stream : null, Keyring.Off()).Read(new LogEntry(new LogPosition(9), 1, entry), records.Add);
        return records;
    }
}
