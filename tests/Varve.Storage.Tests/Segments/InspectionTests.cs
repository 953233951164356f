using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Segments;
using Varve.Testing;

namespace Varve.Storage.Tests.Segments;

public class InspectionTests
{
    [Fact]
    public void It_tells_what_a_file_holds_and_what_each_column_takes()
    {
        using SegmentFolder folder = new();
        folder.Write(SmallRows.Source(clustered: true), StreamKey.None);
        SegmentInspection shown = Read(folder, key: null);
        Assert.Null(shown.Locked);
        Assert.Empty(shown.Damage);
        Assert.Equal((1, 1, SegmentTesting.StreamId, 0), (shown.Version, shown.SegmentId, shown.StreamId, shown.KeyVersion));
        Assert.Equal((SegmentTesting.NodeId, 500, 64, true), (shown.NodeId, shown.FirstOffset, shown.RowCount, shown.IsClustered));
        Assert.Equal([24, 24, 16], shown.BlockRows);
        Assert.Equal([.. SmallRows.Schema.Fields.Select(f => f.Name), "_time", "_offset"], shown.Columns.Select(c => c.Name));
        Assert.Equal([.. SmallRows.Schema.Fields.Select(f => f.Type.Name), "timestamp[us, UTC]", "int64"], shown.Columns.Select(c => c.TypeName));
        Assert.Equal((64, 14, 3), (shown.Columns[0].RowCount, shown.Columns[0].NullCount, shown.Columns[0].DictionaryValues));
        Assert.Equal(64 * sizeof(long), shown.Columns[2].RawBytes);
        Assert.True(shown.Columns[2].BloomBytes > 0);
        Assert.All(shown.Columns, c => Assert.Equal(3, c.Encodings.Sum(e => e.BlockCount)));
    }

    [Fact]
    public void All_bytes_of_a_file_are_accounted_for()
    {
        using SegmentFolder folder = new();
        folder.Write(SmallRows.Source(clustered: false));
        SegmentInspection shown = Read(folder, SegmentTesting.Key);
        const int HeaderAndTrailerBytes = 96 + 32;
        long inPages = shown.FileBytes - HeaderAndTrailerBytes - shown.FooterBytes;
        long inFooter = shown.Columns.Sum(c => c.StoredBytes) - inPages;
        Assert.InRange(inFooter, 0, shown.FooterBytes);
        Assert.Equal(folder.LastInfo.FileBytes, shown.FileBytes);
    }

    [Fact]
    public void Without_a_key_it_tells_what_the_header_does()
    {
        using SegmentFolder folder = new();
        folder.Write(SmallRows.Source(clustered: false));
        SegmentInspection shown = Read(folder, key: null);
        Assert.Contains("no key for version 3 of stream 42", shown.Locked, StringComparison.Ordinal);
        Assert.Equal((SegmentTesting.NodeId, SegmentTesting.StreamId, 3), (shown.NodeId, shown.StreamId, shown.KeyVersion));
        Assert.Empty(shown.Columns);
    }

    [Fact]
    public async Task In_a_data_directory_its_keyring_opens_it()
    {
        using TempDirectory directory = new();
        string path = directory.File("segments", "0000000001.seg");
        Directory.CreateDirectory(directory.File("segments"));
        KeyOptions options = new();
        using Keyring keyring = await KeyringOpening.OpenAsync(
            LinuxFileSystem.Instance, directory.Path, holdsData: false, options, TimeProvider.System, CancellationToken.None);
        await keyring.EnsureKeysAsync(SegmentTesting.StreamId);
        SegmentTesting.Write(path, SmallRows.Source(clustered: false), keyring.CurrentKey(SegmentTesting.StreamId));
        SegmentInspection shown = await SegmentInspection.ReadAsync(path);
        Assert.Null(shown.Locked);
        Assert.Equal((64, 0), (shown.RowCount, shown.Damage.Count));

        await File.WriteAllTextAsync(directory.File("root.key"), string.Concat(Enumerable.Repeat("0123456789abcdef", 4)));
        Assert.Contains("another root key", (await SegmentInspection.ReadAsync(path)).Locked, StringComparison.Ordinal);
        File.Delete(directory.File("keyring"));
        shown = await SegmentInspection.ReadAsync(path);
        Assert.Contains("no keyring", shown.Locked, StringComparison.Ordinal);
        Assert.Equal(SegmentTesting.StreamId, shown.StreamId);
    }

    [Fact]
    public void Every_damaged_page_is_listed()
    {
        using Victim victim = new(encrypted: true, clustered: false);
        byte[] damaged = [.. victim.Intact];
        List<(long Place, int Bytes)> pages = victim.Pages();
        foreach ((long place, int bytes) in pages)
            damaged[place + (bytes / 2)] ^= 1;
        File.WriteAllBytes(victim.Path, damaged);
        SegmentInspection shown = SegmentInspection.Read(LinuxFileSystem.Instance, victim.Path, (_, _) => SegmentTesting.Key);
        Assert.Equal(pages.Count, shown.Damage.Count);
        Assert.Contains(shown.Damage, d => d is { Column: "id", Page: "Bloom filter 0" });
        Assert.Contains(shown.Damage, d => d is { Column: "note", Page: "block 1" });
        Assert.All(shown.Damage, d => Assert.Contains(victim.Path, d.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_damaged_footer_leaves_the_header()
    {
        using Victim victim = new(encrypted: true, clustered: false);
        victim.Intact[^60] ^= 1;
        File.WriteAllBytes(victim.Path, victim.Intact);
        SegmentInspection shown = SegmentInspection.Read(LinuxFileSystem.Instance, victim.Path, (_, _) => SegmentTesting.Key);
        Assert.Equal("footer", Assert.Single(shown.Damage).Page);
        Assert.Equal(SegmentTesting.StreamId, shown.StreamId);
    }

    private static SegmentInspection Read(SegmentFolder folder, StreamKey? key) =>
        SegmentInspection.Read(LinuxFileSystem.Instance, folder.LastPath, (_, _) => key);
}
