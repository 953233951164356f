using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Segments;
using Varve.Testing;

namespace Varve.Storage.Tests.Keys;

/// <summary>
/// Copies of a stream's segments that somebody kept from before its drop, and put back: by no means of the product can they be read, and each says
/// why.
/// </summary>
public class DroppedSegmentsTests
{
    private const long DroppedId = 1;

    [Fact]
    public async Task Copies_of_segments_open_with_no_key_of_the_directory()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        using TempDirectory kept = new();
        await FillAsync(host, kept);
        await host.Engine.DropStreamAsync("gone");
        await host.CloseAsync();
        string[] copies = PutBack(kept, host, "segments");
        KeyringContent keys = await SegmentKeys.ReadAsync(LinuxFileSystem.Instance, host.Directory, null, CancellationToken.None);
        Assert.DoesNotContain(keys.Keys, k => k.Key.StreamId == DroppedId);
        List<int> versions = [];
        foreach (string copy in copies)
        {
            SegmentInspection locked = await SegmentInspection.ReadAsync(copy);
            if (locked.StreamId != DroppedId)
                continue;
            versions.Add(locked.KeyVersion);
            Assert.Contains($"there is no key for version {locked.KeyVersion} of stream {DroppedId}", locked.Locked, StringComparison.Ordinal);
            Assert.Empty(locked.Columns);

            // Nor does any other key, be it under the name of the one that is missing.
            foreach (StreamKey key in keys.Keys.Select(k => k.Key))
            {
                SegmentInspection tried = SegmentInspection.Read(
                    LinuxFileSystem.Instance, copy, (stream, version) => new StreamKey(stream, version, key.Secret));
                Assert.Contains("its seal does not match", Assert.Single(tried.Damage).Message, StringComparison.Ordinal);
                Assert.Empty(tried.Columns);
            }
        }

        Assert.Equal([1, 2], versions.Order());
    }

    [Fact]
    public async Task Copies_of_segments_alone_bring_no_stream_back()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        using TempDirectory kept = new();
        await FillAsync(host, kept);
        await host.Engine.DropStreamAsync("gone");
        await host.CloseAsync();
        PutBack(kept, host, "segments");
        await host.OpenAsync();
        Assert.Equal(["stays"], host.Engine.List().Select(s => s.Name));
        Assert.Equal(Enumerable.Range(0, 100).Select(n => (long)n), host.Engine.OpenView("stays").Numbers());
        Assert.Equal(1, host.Engine.Describe("stays").SegmentCount);
        Assert.Single(Directory.GetFiles(Path.Combine(host.Directory, "segments")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Copies_of_all_but_the_keyring_are_refused_and_left_as_they_are(bool hasCheckpoint)
    {
        await using EngineHost host = await EngineHost.StartAsync();
        using TempDirectory kept = new();
        await FillAsync(host, kept, hasCheckpoint);
        await host.Engine.DropStreamAsync("gone");
        await host.CloseAsync();
        if (File.Exists(Path.Combine(host.Directory, "checkpoint")))
            File.Delete(Path.Combine(host.Directory, "checkpoint"));
        PutBack(kept, host, "log", "segments", ".");
        string before = Show(host.Directory);
        StorageException e = await Assert.ThrowsAsync<StorageException>(host.OpenAsync);
        Assert.Equal(StorageErrorCode.KeyMismatch, e.Code);
        Assert.Contains($"the key of stream {DroppedId} ('gone') was erased when the stream was dropped", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, Show(host.Directory));
    }

    [Fact]
    public async Task A_copy_under_the_name_of_another_streams_segment_is_refused()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        using TempDirectory kept = new();
        await FillAsync(host, kept);
        await host.Engine.DropStreamAsync("gone");
        await host.CloseAsync();
        string stays = Path.Combine(host.Directory, "segments", "0000000002.seg");
        byte[] whole = await File.ReadAllBytesAsync(stays);
        foreach (string copy in Directory.GetFiles(kept.File("segments")).Where(f => Path.GetFileName(f) != Path.GetFileName(stays)))
        {
            File.Copy(copy, stays, overwrite: true);
            StorageException e = await Assert.ThrowsAsync<StorageException>(async () => (await host.OpenAsync()).OpenView("stays").Numbers());
            Assert.Equal(StorageErrorCode.Corruption, e.Code);
            Assert.Contains(stays, e.Message, StringComparison.Ordinal);
            await host.CloseAsync();
        }

        await File.WriteAllBytesAsync(stays, whole);
        Assert.Equal(100, (await host.OpenAsync()).OpenView("stays").Numbers().Length);
    }

    /// <summary>
    /// A stream with segments of two versions of its key and rows in the log, beside one that stays; then keeps a copy of all but the keys.
    /// </summary>
    private static async Task FillAsync(EngineHost host, TempDirectory kept, bool hasCheckpoint = false)
    {
        await host.CloseAsync();
        host.Options = host.Options with { Compacts = false };
        await host.OpenAsync();
        foreach (string name in new[] { "gone", "stays" })
        {
            await host.Engine.CreateStreamAsync(name, Rows.Schema);
            await host.Engine.AppendAsync(name, Rows.Range(0, 100));
            await host.Engine.FlushAsync(name);
        }

        await host.Engine.RotateStreamKeyAsync("gone");
        await host.Engine.AppendAsync("gone", Rows.Range(100, 10));
        await host.Engine.FlushAsync("gone");
        await host.Engine.AppendAsync("gone", Rows.Range(110, 10));
        if (hasCheckpoint)
            await host.Engine.CheckpointAsync();
        foreach (string file in Directory.GetFiles(host.Directory, "*", SearchOption.AllDirectories).Where(IsNoKey))
        {
            string copy = kept.File(Path.GetRelativePath(host.Directory, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static bool IsNoKey(string file) => Path.GetFileName(file) is not ("keyring" or "root.key" or "lock");

    private static string[] PutBack(TempDirectory kept, EngineHost host, params string[] folders)
    {
        List<string> copies = [];
        foreach (string folder in folders)
        {
            foreach (string file in Directory.GetFiles(kept.File(folder)))
            {
                copies.Add(Path.GetFullPath(Path.Combine(host.Directory, folder, Path.GetFileName(file))));
                File.Copy(file, copies[^1], overwrite: true);
            }
        }

        return [.. copies];
    }

    private static string Show(string directory) => string.Join(
        "\n",
        Directory.GetFiles(directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(f => $"{f} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f)))}"));
}
