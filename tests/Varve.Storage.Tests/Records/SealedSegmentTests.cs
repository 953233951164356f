using System.Text;
using Varve.Storage.Catalog;
using Varve.Storage.Keys;
using Varve.Storage.Records;
using Varve.Storage.Segments;
using Varve.Storage.Tests.FileSystem;
using Varve.Storage.Tests.Keys;
using Varve.Storage.Tests.Segments;
using Varve.Storage.Zones;

namespace Varve.Storage.Tests.Records;

/// <summary>What records and checkpoints tell of a segment's values, in an encrypted directory.</summary>
public sealed class SealedSegmentTests : IAsyncLifetime
{
    private static readonly SegmentInfo Segment = TestSegments.Info(5, 1, 10, 20, columnCount: 1) with
    {
        Zones = [new Zone(ZoneValue.OfBytes("Aardvark"u8), ZoneValue.OfBytes("Hippopotamus"u8), HasNulls: false)],
        ClusteredBy = [],
    };

    private Keyring _keys = Keyring.Off();

    public async Task InitializeAsync() => _keys = await KeyringHost.OpenAsync(new FaultyFileSystem());

    public Task DisposeAsync()
    {
        _keys.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public void Bounds_of_values_are_not_readable_in_records_and_are_read_with_the_key()
    {
        byte[] bytes = SegmentInfoCodec.Write(Segment, _keys);
        Assert.DoesNotContain("Hippo", Encoding.Latin1.GetString(bytes), StringComparison.Ordinal);
        ReadOnlySpan<byte> rest = bytes;
        TestSegments.AssertSame(Segment, SegmentInfoCodec.Read(1, ref rest, _keys)!);
        Assert.True(rest.IsEmpty);
    }

    [Fact]
    public void A_segment_of_another_stream_or_with_any_bit_flipped_is_refused()
    {
        byte[] bytes = SegmentInfoCodec.Write(Segment, _keys);
        ReadOnlySpan<byte> other = bytes;
        Assert.Null(SegmentInfoCodec.Read(2, ref other, _keys));
        int end = 80 + (2 * Segment.BlockRows.Length) + BitConverter.ToInt32(bytes, 4);
        for (int bit = 8 * 8; bit < end * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            ReadOnlySpan<byte> damaged = bytes;
            Assert.Null(SegmentInfoCodec.Read(1, ref damaged, _keys));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public async Task Of_a_stream_whose_key_is_erased_no_bounds_are_known_nor_written()
    {
        byte[] bytes = SegmentInfoCodec.Write(Segment, _keys);
        await _keys.EraseAsync(1);
        ReadOnlySpan<byte> rest = bytes;
        TestSegments.AssertSame(Segment with { Zones = [null] }, SegmentInfoCodec.Read(1, ref rest, _keys)!);
        byte[] bare = SegmentInfoCodec.Write(Segment, _keys);
        Assert.Equal(0, BitConverter.ToInt32(bare, 4));
    }

    [Fact]
    public void A_checkpoint_is_readable_only_with_the_nodes_key()
    {
        Guid node = Guid.NewGuid();
        CheckpointStream stream = new()
        {
            Id = 1,
            Name = "Rhinoceros",
            CreatedMicros = 1,
            Schema = Rows.Schema,
            SchemaVersion = 1,
            Settings = Varve.Storage.Streams.StoredSettings.None,
            Segments = Varve.Storage.Streams.SegmentList.Empty,
            EndOffset = 0,
            LastTimeMicros = 1,
            Position = new LogPosition(1),
        };
        byte[] bytes = CheckpointFile.ToBytes(node, _keys, new CheckpointState(new LogPosition(1), 1, 0, 1, [stream]));
        Assert.DoesNotContain("Rhino", Encoding.Latin1.GetString(bytes), StringComparison.Ordinal);
        Assert.Equal("Rhinoceros", CheckpointFile.Parse(bytes, "c", node, _keys).Streams.Single().Name);
        StorageException e = Assert.Throws<StorageException>(() => CheckpointFile.Parse(bytes, "c", node, Keyring.Off()));
        Assert.Equal(StorageErrorCode.Corruption, e.Code);
    }
}
