using Varve.Storage.FileSystem;
using Varve.Storage.Recovery;
using Varve.Testing;

namespace Varve.Storage.Tests.Recovery;

public class DataDirectoryTests
{
    [Fact]
    public async Task A_second_engine_on_the_same_directory_is_refused_with_the_owner()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => StorageEngine.OpenAsync(host.Options));
        Assert.Equal(StorageErrorCode.DirectoryLocked, e.Code);
        Assert.StartsWith($"the data directory {host.Directory} is in use by process {Environment.ProcessId} ", e.Message, StringComparison.Ordinal);
        await host.ReopenAsync();
    }

    /// <summary>The parent is synced and what was deleted is closed by this name.</summary>
    [Fact]
    public void A_separator_at_the_end_of_the_name_is_none_of_it()
    {
        using TempDirectory directory = new("named");
        using DataDirectory named = DataDirectory.Open(LinuxFileSystem.Instance, directory.File("data") + Path.DirectorySeparatorChar);
        Assert.Equal(directory.File("data"), named.Path);
    }

    [Fact]
    public async Task A_log_that_is_missing_is_not_taken_for_an_empty_one()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.CloseAsync();
        System.IO.Directory.Delete(Path.Combine(host.Directory, "log"), recursive: true);
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => StorageEngine.OpenAsync(host.Options));
        Assert.Equal(StorageErrorCode.Corruption, e.Code);
        Assert.Contains("is missing", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("checkpoint")]
    [InlineData("log")]
    [InlineData("segments")]
    public async Task Whatever_is_left_of_a_node_without_its_keyring_is_refused_and_no_keys_are_made(string left)
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Of(1));
        await host.Engine.FlushAsync("s");
        await host.Engine.CheckpointAsync();
        await host.CloseAsync();
        foreach (string path in System.IO.Directory.GetFileSystemEntries(host.Directory).Where(p => Path.GetFileName(p) != left))
        {
            if (System.IO.Directory.Exists(path))
                System.IO.Directory.Delete(path, recursive: true);
            else
                File.Delete(path);
        }

        StorageException e = await Assert.ThrowsAsync<StorageException>(() => StorageEngine.OpenAsync(host.Options));
        Assert.Equal(StorageErrorCode.Corruption, e.Code);
        Assert.Contains($"the keyring {Path.Combine(host.Directory, "keyring")} is missing", e.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(host.Directory, "keyring")));
    }

    [Fact]
    public async Task A_log_without_its_node_file_is_refused_if_it_holds_anything()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.CloseAsync();
        File.Delete(Path.Combine(host.Directory, NodeFile.FileName));
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => StorageEngine.OpenAsync(host.Options));
        Assert.Equal(StorageErrorCode.Corruption, e.Code);
        Assert.Contains("the node file beside it is missing", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_was_not_finished_being_made_is_made()
    {
        await using EngineHost host = await EngineHost.StartAsync();
        await host.CloseAsync();
        File.Delete(Path.Combine(host.Directory, NodeFile.FileName));
        await File.WriteAllTextAsync(Path.Combine(host.Directory, "node.new"), "half");
        await host.OpenAsync();
        Assert.NotEqual(Guid.Empty, host.Engine.NodeId);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_made_is_named()
    {
        using TempDirectory directory = new();
        StorageOptions options = new() { Directory = directory.File("missing", "data") };
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => StorageEngine.OpenAsync(options));
        Assert.Equal(StorageErrorCode.NodeStopped, e.Code);
        Assert.Contains(options.Directory, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_node_file_has_these_bytes()
    {
        NodeFile node = new(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), 1_700_000_000_000_000);
        const string expected = "564152564E4F4445" + "0100" + "0100" + "01000000" + "00112233445566778899AABBCCDDEEFF" + "00401E18240A0600"
            + "0000000000000000000000000000000000000000" + "EE23A921";
        string found = Convert.ToHexString(node.ToBytes());
        Assert.True(expected == found, $"the format of the node file changed: no node made before can be opened. Found {found}");
    }

    [Fact]
    public void A_node_file_with_any_bit_flipped_is_refused()
    {
        using TempDirectory directory = new();
        NodeFile node = new(Guid.NewGuid(), 1);
        node.Write(LinuxFileSystem.Instance, directory.Path);
        Assert.Equal(node, NodeFile.Read(LinuxFileSystem.Instance, directory.Path));
        string path = directory.File(NodeFile.FileName);
        byte[] bytes = File.ReadAllBytes(path);
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] flipped = [.. bytes];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, flipped);
            Assert.Equal(
                StorageErrorCode.Corruption, Assert.Throws<StorageException>(() => NodeFile.Read(LinuxFileSystem.Instance, directory.Path)).Code);
        }

        File.WriteAllBytes(path, bytes[..^1]);
        Assert.Equal(
            StorageErrorCode.Corruption, Assert.Throws<StorageException>(() => NodeFile.Read(LinuxFileSystem.Instance, directory.Path)).Code);
    }
}
