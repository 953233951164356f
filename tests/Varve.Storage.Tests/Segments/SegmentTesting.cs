using Varve.Arrow;
using Varve.Arrow.Transform;
using Varve.Arrow.Validation;
using Varve.Arrow.Values;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Segments;

namespace Varve.Storage.Tests.Segments;

/// <summary>Segments of given rows in a directory, and what is read back of them.</summary>
internal static class SegmentTesting
{
    public const long StreamId = 42;

    public static readonly Guid NodeId = new("00112233-4455-6677-8899-aabbccddeeff");

    public static readonly StreamKey Key = new(StreamId, 3, [.. Enumerable.Range(1, StreamKey.Bytes).Select(i => (byte)i)]);

    public static SegmentInfo Write(string path, SegmentSource rows, StreamKey key, long segmentId = 7) =>
        SegmentWriter.Write(LinuxFileSystem.Instance, path, rows, new SegmentIdentity(segmentId, StreamId, NodeId), key);

    public static SegmentFile Open(
        string path, SegmentInfo info, Schema schema, StreamKey key, SegmentCache? cache = null, IFileSystem? fileSystem = null) =>
        SegmentFile.Open(
            fileSystem ?? LinuxFileSystem.Instance, path, info, schema, _ => key, cache ?? new SegmentCache(64 << 20, new SegmentMeter()));

    /// <summary>Fails unless the file holds exactly these rows, valid and plain once dictionaries are written out.</summary>
    public static void CheckRows(SegmentFile file, Schema schema, IReadOnlyList<RecordBatch> blocks)
    {
        BlockBuffers buffers = new();
        Assert.Equal(blocks.Count, file.BlockCount);
        for (int block = 0; block < blocks.Count; block++)
        {
            Assert.Equal(blocks[block].RowCount, file.Block(block).RowCount);
            for (int field = 0; field < schema.Fields.Count; field++)
            {
                ArrayData found = file.Column(block, field, block % 2 == 0 ? buffers : null);
                Assert.Equal(0, found.Offset);
                if (found.Dictionary is { } dictionary)
                    Assert.Same(dictionary, file.Column(block, field, null).Dictionary);
                ArrayData plain = DictionaryDecoder.Flatten(found);
                ArrayValidation.Validate(schema.Fields[field], plain);
                Assert.True(
                    ArrayEquality.Equals(blocks[block].Columns[field], plain), $"block {block}, column {schema.Fields[field]} differs");
            }

            buffers.Reset();
        }
    }
}
