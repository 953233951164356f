using Varve.Arrow;
using Varve.Storage.Keys;
using Varve.Storage.Segments;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Segments;

/// <summary>Files that are not as they were written. Whatever was done to them, no reader gets a wrong row.</summary>
public class DamageTests(ITestOutputHelper output)
{
    public static TheoryData<bool, bool> Forms => new() { { true, false }, { false, true }, { true, true } };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_flipped_byte_is_detected_and_the_message_names_file_page_and_column(bool encrypted, bool clustered)
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        using Victim victim = new(encrypted, clustered);
        HashSet<string> named = [];
        for (int at = 0; at < victim.Intact.Length; at++)
        {
            byte[] damaged = [.. victim.Intact];
            damaged[at] ^= (byte)random.Next(1, 256);
            StorageException? found = victim.Read(damaged);
            Assert.True(found is not null, $"byte {at} of {victim.Intact.Length} was flipped, and nobody noticed");
            Assert.Equal(StorageErrorCode.Corruption, found.Code);
            named.Add(Victim.CheckMessage(found, at));
        }

        // Every part of the file was named by some message.
        foreach (string part in (string[])["header", "trailer", "footer", "dictionary", "Bloom filter", "block 1", "'note'", "'at'"])
            Assert.Contains(named, n => n.Contains(part, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_truncation_is_detected(bool encrypted)
    {
        using Victim victim = new(encrypted, clustered: false);
        for (int length = 0; length < victim.Intact.Length; length++)
            Assert.Equal(StorageErrorCode.Corruption, victim.Read(victim.Intact[..length])?.Code);
        Assert.Equal(StorageErrorCode.Corruption, victim.Read([.. victim.Intact, 0])?.Code);
        Assert.Null(victim.Read(victim.Intact));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Files_that_took_each_others_names_are_detected(bool encrypted)
    {
        StreamKey key = encrypted ? SegmentTesting.Key : StreamKey.None;
        using SegmentFolder folder = new();
        folder.Write(SmallRows.Source(clustered: false), key);
        (string firstPath, SegmentInfo first) = (folder.LastPath, folder.LastInfo);
        folder.Write(SmallRows.Source(clustered: false), key);
        byte[] second = File.ReadAllBytes(folder.LastPath);
        File.WriteAllBytes(firstPath, second);
        SegmentFile file = SegmentTesting.Open(firstPath, first, SmallRows.Schema, key);
        StorageException e = Assert.Throws<StorageException>(() => file.Block(0));
        Assert.Contains("it is segment 2 of stream 42", e.Message, StringComparison.Ordinal);
        Assert.Contains(firstPath, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Pages_that_changed_places_are_detected(bool encrypted)
    {
        using Victim victim = new(encrypted, clustered: false);
        List<(long Place, int Bytes)> pages = victim.Pages();
        int tried = 0;
        foreach ((long place, int bytes) in pages)
        {
            foreach ((long otherPlace, int otherBytes) in pages.Where(p => p.Place > place && p.Bytes == bytes))
            {
                byte[] damaged = [.. victim.Intact];
                victim.Intact.AsSpan((int)place, bytes).CopyTo(damaged.AsSpan((int)otherPlace));
                victim.Intact.AsSpan((int)otherPlace, otherBytes).CopyTo(damaged.AsSpan((int)place));
                Assert.NotNull(victim.Read(damaged));
                tried++;
            }
        }

        Assert.True(tried > 0, "no two pages have the same size");
    }

    [Fact]
    public void A_page_of_another_file_of_the_same_rows_is_detected()
    {
        using Victim victim = new(encrypted: false, clustered: false);
        using Victim other = new(encrypted: false, clustered: false);
        foreach ((long place, int bytes) in victim.Pages())
        {
            byte[] damaged = [.. victim.Intact];
            other.Intact.AsSpan((int)place, bytes).CopyTo(damaged.AsSpan((int)place));
            Assert.NotNull(victim.Read(damaged));
        }
    }

    [Fact]
    public void A_catalog_that_says_something_else_is_detected()
    {
        using Victim victim = new(encrypted: true, clustered: false);
        foreach (SegmentInfo wrong in (SegmentInfo[])
        [
            victim.Info with { Id = 9 }, victim.Info with { StreamId = 9 }, victim.Info with { FirstOffset = 9 }, victim.Info with { KeyVersion = 9 },
            victim.Info with { FileBytes = 9 }, victim.Info with { IsClustered = true }, victim.Info with { BlockRows = [24, 16, 24] },
        ])
            Assert.Equal(StorageErrorCode.Corruption, victim.Read(victim.Intact, wrong)?.Code);
        SegmentFile narrower = SegmentTesting.Open(victim.Path, victim.Info with { ColumnCount = 3 }, SmallRows.Schema, SegmentTesting.Key);
        Assert.Throws<StorageException>(() => narrower.Column(0, 2, null));
        Schema other = new([.. SmallRows.Schema.Fields.Select(f => f.Name == "id" ? new Field("id", ArrowTypes.UInt64) : f)]);
        SegmentFile file = SegmentTesting.Open(victim.Path, victim.Info, other, SegmentTesting.Key);
        StorageException e = Assert.Throws<StorageException>(() => file.Column(0, 2, null));
        Assert.Contains("'id' is int64", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_key_opens_nothing()
    {
        using Victim victim = new(encrypted: true, clustered: false);
        SegmentFile file = SegmentTesting.Open(victim.Path, victim.Info, SmallRows.Schema, StreamKey.Create(SegmentTesting.StreamId, 3));
        Assert.Equal(StorageErrorCode.Corruption, Assert.Throws<StorageException>(() => file.Block(0)).Code);
    }

    [Fact]
    public void A_missing_file_is_damage_that_is_named()
    {
        using Victim victim = new(encrypted: false, clustered: false);
        File.Delete(victim.Path);
        SegmentFile file = SegmentTesting.Open(victim.Path, victim.Info, SmallRows.Schema, StreamKey.None);
        StorageException e = Assert.Throws<StorageException>(file.OpenFile);
        Assert.Equal(StorageErrorCode.Corruption, e.Code);
        Assert.Contains(victim.Path, e.Message, StringComparison.Ordinal);
    }
}
