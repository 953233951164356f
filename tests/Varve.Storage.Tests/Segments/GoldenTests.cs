using System.Runtime.CompilerServices;
using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Segments;
using Varve.Testing;

namespace Varve.Storage.Tests.Segments;

/// <summary>Files of released versions, which must stay readable for ever. Where one is missing it is written, and the test fails until it is checked
/// in.</summary>
public class GoldenTests
{
    private const string Meaning =
        "A segment of version 1 is no longer read as it was written: files that are out there would be lost. Never change the golden file or its "
        + "rows; let the format have a new version, and keep the reader of this one.";

    [Theory]
    [InlineData("v1-sealed.seg", true, true)]
    [InlineData("v1-plain.seg", false, false)]
    public void A_file_of_version_1_is_read_as_it_was_written(string name, bool encrypted, bool clustered)
    {
        string path = Path.Combine(Folder(), name);
        StreamKey key = encrypted ? SegmentTesting.Key : StreamKey.None;
        MemorySource rows = GoldenRows.Source(clustered);
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Folder());
            SegmentTesting.Write(path, rows, key);
            Assert.Fail($"{path} was missing and has been written: check it in");
        }

        // What the catalog would say of the golden file is what it says of the same rows written today, but for the length.
        using TempDirectory directory = new();
        SegmentInfo info = SegmentTesting.Write(directory.File("now.seg"), rows, key) with { FileBytes = new FileInfo(path).Length };
        SegmentFile file = SegmentTesting.Open(path, info, GoldenRows.Schema, key);
        for (int block = 0; block < rows.BlockCount; block++)
        {
            for (int field = 0; field < GoldenRows.Schema.Fields.Count; field++)
            {
                ArrayData found = Arrow.Transform.DictionaryDecoder.Flatten(file.Column(block, field, null));
                Assert.True(ArrayEquality.Equals(rows.Column(field, block), found), $"{GoldenRows.Schema.Fields[field]}, block {block}. {Meaning}");
            }

            Assert.True(ArrayEquality.Equals(rows.Times(block), file.Times(block, null)), Meaning);
            if (clustered)
                Assert.True(ArrayEquality.Equals(rows.Offsets(block)!, file.Offsets(block, null)), Meaning);
        }
    }

    [Fact]
    public void The_golden_file_has_every_kind_of_page()
    {
        SegmentInspection shown = SegmentInspection.Read(LinuxFileSystem.Instance, Path.Combine(Folder(), "v1-plain.seg"), (_, _) => null);
        Assert.Empty(shown.Damage);
        Assert.Contains(shown.Columns, c => c.DictionaryValues > 0);
        Assert.Contains(shown.Columns, c => c.BloomBytes > 0);
        Assert.Contains(shown.Columns, c => c.NullCount == c.RowCount);
        Assert.InRange(shown.Columns.SelectMany(c => c.Encodings).SelectMany(e => e.Encoding.Split(' ')).Distinct().Count(), 10, 100);
    }

    private static string Folder([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "Golden");
}
