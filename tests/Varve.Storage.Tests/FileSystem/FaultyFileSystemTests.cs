using Varve.Storage.FileSystem;

namespace Varve.Storage.Tests.FileSystem;

public sealed class FaultyFileSystemTests : FileSystemConformance
{
    private readonly FaultyFileSystem _fileSystem = new();
    private readonly Random _random = new(7);

    private protected override IFileSystem FileSystem => _fileSystem;

    private protected override string Root => FaultyFileSystem.Root;

    private static string Name => Path.Combine(FaultyFileSystem.Root, "a");

    [Fact]
    public void The_nth_operation_fails_once_or_for_ever()
    {
        _fileSystem.Fault = new Fault(2, Errno.NoSpace, ForEver: false);
        using IFile file = _fileSystem.Create(Name);
        Assert.Equal(Errno.NoSpace, Assert.Throws<IOException>(() => file.Write([1], 0)).HResult);
        file.Write([1], 0);
        _fileSystem.Fault = new Fault(2, Errno.InputOutput, ForEver: true, "pwritev");
        file.SyncData();
        file.Write([1], 0);
        Assert.Throws<IOException>(() => file.Write([1], 0));
        Assert.Throws<IOException>(() => file.Write([1], 0));
        Assert.True(_fileSystem.Fault.Struck);
    }

    [Fact]
    public void A_power_cut_keeps_what_was_synced_and_tears_the_rest_at_sectors()
    {
        var outcomes = new HashSet<string>();
        for (int i = 0; i < 200; i++)
        {
            var fileSystem = new FaultyFileSystem();
            IFile file = fileSystem.Create(Name);
            byte[] old = [.. Enumerable.Repeat((byte)1, 2048)];
            file.Write(old, 0);
            file.SyncData();
            fileSystem.SyncDirectory(Root);
            file.Write([.. Enumerable.Repeat((byte)2, 1024)], 256);
            FaultyFileSystem after = fileSystem.AfterPowerCut(_random);
            Assert.Throws<IOException>(() => file.Write([1], 0));
            var content = new byte[2048];
            Assert.Equal(2048, after.OpenRead(Name).Read(content, 0));
            // The write covers sectors 0 (second half), 1, and 2 (first half): each is old or new as a whole.
            outcomes.Add($"{content[256]}{content[512]}{content[1024]}");
            Assert.All(content[..256].Concat(content[1280..]), value => Assert.Equal(1, value));
            Assert.Equal(content[256], content[511]);
            Assert.Equal(content[512], content[1023]);
        }

        Assert.Equal(8, outcomes.Count);
    }

    [Fact]
    public void Names_are_lost_unless_their_directory_was_synced()
    {
        var outcomes = new HashSet<string>();
        for (int i = 0; i < 100; i++)
        {
            var fileSystem = new FaultyFileSystem();
            fileSystem.Create(Name).Dispose();
            fileSystem.SyncDirectory(Root);
            fileSystem.Rename(Name, Name + "b");
            fileSystem.Create(Name + "c").Dispose();
            outcomes.Add(string.Join(' ', fileSystem.AfterPowerCut(_random).ListFiles(Root)));
        }

        Assert.Equal(["a", "a ac", "ab", "ab ac"], outcomes.Order());
    }

    [Fact]
    public void After_a_failed_sync_the_cache_has_what_the_disk_lacks()
    {
        IFile file = _fileSystem.Create(Name);
        _fileSystem.SyncDirectory(Root);
        file.Write([1, 2, 3], 0);
        _fileSystem.Fault = new Fault(1, Errno.InputOutput, ForEver: false, "fdatasync");
        Assert.Throws<IOException>(file.SyncData);
        file.SyncData();
        FaultyFileSystem restarted = _fileSystem.AfterKill();
        Assert.Equal(3, restarted.OpenRead(Name).Length);
        Assert.Equal(0, restarted.AfterPowerCut(_random).OpenRead(Name).Length);
    }

    [Fact]
    public void Everything_fails_from_the_power_cut_on()
    {
        _fileSystem.CutAt = 2;
        IFile file = _fileSystem.Create(Name);
        Assert.Throws<IOException>(() => file.Write([1], 0));
        Assert.Throws<IOException>(() => _fileSystem.ListFiles(Root));
        Assert.True(_fileSystem.IsCut);
    }
}
