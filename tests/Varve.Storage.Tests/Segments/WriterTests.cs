using Varve.Arrow;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Segments;
using Varve.Storage.Tests.FileSystem;

namespace Varve.Storage.Tests.Segments;

public class WriterTests
{
    private static readonly SegmentIdentity Identity = new(1, SegmentTesting.StreamId, SegmentTesting.NodeId);

    private static string InMemory => Path.Combine(FaultyFileSystem.Root, "1.seg.new");

    [Fact]
    public void A_file_that_was_written_survives_a_power_cut_once_its_name_is_synced()
    {
        FaultyFileSystem disk = new();
        MemorySource rows = SmallRows.Source(clustered: false);
        SegmentInfo info = SegmentWriter.Write(disk, InMemory, rows, Identity, SegmentTesting.Key);
        disk.SyncDirectory(FaultyFileSystem.Root);
        FaultyFileSystem after = disk.AfterPowerCut(random: null);
        SegmentFile file = SegmentTesting.Open(InMemory, info, rows.Schema, SegmentTesting.Key, fileSystem: after);
        SegmentTesting.CheckRows(file, rows.Schema, SmallRows.Blocks(rows));
    }

    [Fact]
    public void Whichever_operation_fails_the_writer_says_so()
    {
        int failed = 0;
        for (long operation = 1; ; operation++)
        {
            FaultyFileSystem disk = new() { CutAt = operation };
            try
            {
                SegmentWriter.Write(disk, InMemory, SmallRows.Source(clustered: true), Identity, SegmentTesting.Key);
                break;
            }
            catch (Exception e) when (e is IOException or StorageException { Code: StorageErrorCode.DiskError })
            {
                failed++;
            }
        }

        Assert.InRange(failed, 4, 100);
    }

    [Fact]
    public void Whichever_read_fails_is_an_error_with_file_and_page_and_the_next_one_may_succeed()
    {
        FaultyFileSystem disk = new();
        MemorySource rows = SmallRows.Source(clustered: false);
        SegmentInfo info = SegmentWriter.Write(disk, InMemory, rows, Identity, StreamKey.None);
        SegmentFile file = SegmentTesting.Open(InMemory, info, rows.Schema, StreamKey.None, fileSystem: disk);
        int failures = 0;
        disk.Before = call =>
        {
            if (call == "pread" && failures++ % 2 == 0)
                throw Errno.Exception(Errno.InputOutput, call, InMemory);
        };
        for (int field = 0; field < 4; field++)
        {
            int f = field;
            for (int i = 0; i < 10; i++)
            {
                try
                {
                    file.Column(0, f, null);
                    break;
                }
                catch (StorageException e)
                {
                    Assert.Equal(StorageErrorCode.DiskError, e.Code);
                    Assert.Contains(InMemory, e.Message, StringComparison.Ordinal);
                }
            }
        }

        disk.Before = null;
        SegmentTesting.CheckRows(file, rows.Schema, SmallRows.Blocks(rows));
        Assert.True(failures > 8);
    }

    [Fact]
    public void Blocks_without_rows_or_with_too_many_are_refused()
    {
        Schema schema = TypeNames.ParseSchema("n: null");
        foreach (int rows in (int[])[0, 65_537])
        {
            MemorySource source = new(schema, [new RecordBatch(schema, rows, [new ArrayData(ArrowTypes.Null, rows, rows, [])])]);
            Assert.Throws<ArgumentException>(() => SegmentWriter.Write(new FaultyFileSystem(), InMemory, source, Identity, StreamKey.None));
        }
    }

    [Fact]
    public void The_catalog_learns_what_it_needs()
    {
        SegmentInfo info = SegmentWriter.Write(
            new FaultyFileSystem(), InMemory, SmallRows.Source(clustered: true), Identity with { SegmentId = 9 }, SegmentTesting.Key);
        Assert.Equal((9, SegmentTesting.StreamId, 3), (info.Id, info.StreamId, info.KeyVersion));
        Assert.Equal((500, 64, 11), (info.FirstOffset, info.RowCount, info.ColumnCount));
        Assert.Equal([24, 24, 16], info.BlockRows);
        Assert.True(info.IsClustered);
        Assert.Equal(
            (MemorySource.FirstTimeMicros, MemorySource.FirstTimeMicros + 63_000_000), (info.FirstTimeMicros, info.LastTimeMicros));
        Assert.Equal(11, info.Zones.Length);
        Assert.Equal("host-0.example.net", System.Text.Encoding.UTF8.GetString(info.Zones[0]!.Value.Least.Bytes));
        Assert.Null(info.Zones[6]);
        Assert.Equal((1, 1), ((int)info.Zones[4]!.Value.Least.Whole, (int)info.Zones[4]!.Value.Greatest.Whole));
    }

    [Fact]
    public void No_plain_text_is_in_an_encrypted_file()
    {
        using Victim encrypted = new(encrypted: true, clustered: false);
        using Victim plain = new(encrypted: false, clustered: false);
        foreach (string word in (string[])["host-1", "example", "host", "utf8", "price", "tag 1", "timestamp"])
        {
            byte[] bytes = System.Text.Encoding.UTF8.GetBytes(word);
            Assert.True(encrypted.Intact.AsSpan().IndexOf(bytes) < 0, $"'{word}' can be read in an encrypted file");
        }

        Assert.True(plain.Intact.AsSpan().IndexOf("price"u8) > 0);
    }
}
