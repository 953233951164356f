using Varve.Backup.Pace;
using Varve.Backup.Repositories;
using Varve.Storage.FileSystem;
using Varve.Storage.Tests.FileSystem;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Backup.Tests.Repositories;

public sealed class DirectoryRepositoryTests(ITestOutputHelper output) : RepositoryConformance(output), IDisposable
{
    private const string Root = "/data/repository";

    private readonly ITestOutputHelper _output = output;
    private readonly TempDirectory _directory = new("repository");

    public void Dispose() => _directory.Dispose();

    protected override async Task<IRepository> OpenAsync() => await DirectoryRepository.OpenAsync(_directory.File("repo"));

    protected override async Task<IRepository> OpenUnreachableAsync() => await DirectoryRepository.OpenAsync(_directory.File("none", "repo"));

    /// <summary>Power cut at every operation: an object whose writing was answered is there; any other is there whole or not at all.</summary>
    [Fact]
    public async Task A_power_cut_leaves_objects_whole_or_not_there()
    {
        int seed = TestSeed.Next(_output.WriteLine);
        for (long cutAt = 1; ; cutAt++)
        {
            var disk = new FaultyFileSystem { CutAt = cutAt };
            var answered = new Dictionary<string, byte>();
            bool isThrough = await WriteAsync(disk, answered);
            foreach (Random? random in (Random?[])[null, new Random(seed), new Random(seed + 1)])
                await CheckAsync(disk.AfterPowerCut(random), answered, $"power cut at operation {cutAt}");
            if (isThrough)
                return;
        }
    }

    /// <summary>While others sync to the disk, no sync of theirs waits for more than one small portion.</summary>
    [Fact]
    public async Task What_is_written_goes_to_the_disk_in_small_portions_while_it_gives_way()
    {
        const int portions = 8;
        bool givesWay = true;
        var disk = new FaultyFileSystem();
        byte[] content = new byte[((portions - 1) * PortionWriter.PortionBytes) + 1];
        new Random(TestSeed.Next(_output.WriteLine)).NextBytes(content);
        await using DirectoryRepository repository = await DirectoryRepository.OpenAsync(disk, Root, () => givesWay, CancellationToken.None);
        Assert.Equal(portions + 1, await SyncsOfAsync("data/gentle"));
        Assert.Equal(1, await SyncsOfAsync("data/small", PortionWriter.PortionBytes));
        givesWay = false;
        Assert.Equal(1, await SyncsOfAsync("data/fast"));

        async Task<long> SyncsOfAsync(string name, int bytes = int.MaxValue)
        {
            byte[] put = content[..Math.Min(bytes, content.Length)];
            long before = disk.Syncs;
            await repository.PutAsync(name, put);
            Assert.Equal(put, await repository.GetAsync(name));
            return disk.Syncs - before;
        }
    }

    /// <summary>Of two openings in one process the second is not alone, until the first is closed; a third then is, and looks for leftovers.</summary>
    [Fact]
    public async Task What_another_opening_writes_at_the_moment_is_not_taken_for_a_leftover()
    {
        var disk = new FaultyFileSystem();
        DirectoryRepository first = await DirectoryRepository.OpenAsync(disk, Root, default);
        await using DirectoryRepository second = await DirectoryRepository.OpenAsync(disk, Root, default);
        await second.PutAsync("data/folder", new byte[1]);
        await first.DisposeAsync();
        await using DirectoryRepository third = await DirectoryRepository.OpenAsync(disk, Root, default);
        bool isBetween = false;
        disk.Before = call =>
        {
            if (call != "link" || isBetween)
                return;
            isBetween = true;
            Assert.True(third.PutAsync("data/third", new byte[1]).GetAwaiter().GetResult());
        };
        long syncsBefore = disk.Syncs;
        Assert.True(await second.PutAsync("data/second", new byte[1]));
        Assert.True(isBetween);
        Assert.Equal(["data/folder", "data/second", "data/third"], (await second.ListAsync("data/").ToListAsync()).Select(o => o.Name));

        // None had to be written again.
        Assert.Equal(2, disk.Syncs - syncsBefore);
    }

    [Fact]
    public async Task A_leftover_that_goes_meanwhile_is_no_failure()
    {
        var disk = new FaultyFileSystem();
        await using (DirectoryRepository before = await DirectoryRepository.OpenAsync(disk, Root, default))
            await before.PutAsync("data/folder", new byte[1]);
        string left = $"{Root}/data/left.1{WholeFile.AsideSuffix}";
        disk.Create(left).Dispose();
        await using DirectoryRepository repository = await DirectoryRepository.OpenAsync(disk, Root, default);
        bool isGone = false;
        disk.Before = call =>
        {
            if (call != "unlink" || isGone || disk.FileExists($"{Root}/data/next"))
                return;
            isGone = true;
            disk.Delete(left);
        };
        Assert.True(await repository.PutAsync("data/next", new byte[1]));
        Assert.True(isGone);
    }

    [Fact]
    public async Task A_listing_does_not_mind_what_comes_and_goes_meanwhile()
    {
        using TempDirectory directory = new("listing");
        await using DirectoryRepository repository = await DirectoryRepository.OpenAsync(directory.File("repository"));
        await repository.PutAsync("data/stays", new byte[1]);
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < 500; i++)
            {
                await repository.ReplaceAsync("data/comes", new byte[1]);
                await repository.DeleteAsync("data/comes");
            }
        });
        while (!writing.IsCompleted)
            Assert.Contains("data/stays", (await repository.ListAsync("data/").ToListAsync()).Select(o => o.Name));
        await writing;
    }

    /// <summary>The same for a kill: the page cache stays, and so does what stands aside, until the next one writes.</summary>
    [Fact]
    public async Task A_kill_leaves_nothing_for_long_but_whole_objects()
    {
        for (long cutAt = 1; ; cutAt++)
        {
            var disk = new FaultyFileSystem { CutAt = cutAt };
            var answered = new Dictionary<string, byte>();
            bool isThrough = await WriteAsync(disk, answered);
            FaultyFileSystem after = disk.AfterKill();
            await CheckAsync(after, answered, $"kill at operation {cutAt}");
            await using (DirectoryRepository repository = await DirectoryRepository.OpenAsync(after, Root, default))
                await repository.PutAsync("data/next", new byte[] { 1 });
            Assert.All(after.ListFiles($"{Root}/data"), name => Assert.DoesNotContain('.', name));
            if (isThrough)
                return;
        }
    }

    [Theory]
    [InlineData(Errno.NoSpace, RepositoryErrorCode.Full)]
    [InlineData(Errno.QuotaExceeded, RepositoryErrorCode.Full)]
    [InlineData(Errno.AccessDenied, RepositoryErrorCode.PermissionDenied)]
    [InlineData(Errno.ReadOnlyFileSystem, RepositoryErrorCode.PermissionDenied)]
    [InlineData(Errno.InputOutput, RepositoryErrorCode.Unreachable)]
    public async Task A_disk_that_refuses_is_told_by_kind_and_nothing_half_is_named(int errno, RepositoryErrorCode expected)
    {
        for (int number = 0; ; number++)
        {
            var disk = new FaultyFileSystem();
            await using DirectoryRepository repository = await DirectoryRepository.OpenAsync(disk, Root, default);
            await repository.PutAsync("data/first", new byte[] { 1 });
            var fault = new Fault(disk.Operations + 1 + number, errno, ForEver: false);
            disk.Fault = fault;
            try
            {
                await repository.PutAsync("data/second", new byte[] { 2 });
                if (!fault.Struck)
                    return;
            }
            catch (RepositoryException failure)
            {
                Assert.Equal(expected, failure.Code);
                Assert.Contains("data/second", failure.Message, StringComparison.Ordinal);
            }

            disk.Fault = null;
            await repository.PutAsync("data/second", new byte[] { 2 });
            Assert.Equal([2], await repository.GetAsync("data/second"));
        }
    }

    private static async Task<bool> WriteAsync(FaultyFileSystem disk, Dictionary<string, byte> answered)
    {
        try
        {
            await using DirectoryRepository repository = await DirectoryRepository.OpenAsync(disk, Root, default);
            for (byte i = 1; i <= 3; i++)
            {
                await repository.PutAsync($"data/{i}", Content(i));
                answered[$"data/{i}"] = i;
                await repository.ReplaceAsync("keyrings/k", Content(i));
                answered["keyrings/k"] = i;
            }

            return true;
        }
        catch (RepositoryException)
        {
            return false;
        }
    }

    private static async Task CheckAsync(FaultyFileSystem disk, Dictionary<string, byte> answered, string what)
    {
        if (!disk.DirectoryExists(Root))
        {
            Assert.True(answered.Count == 0, $"{what}: the repository is gone, and {answered.Count} objects with it");
            return;
        }

        await using DirectoryRepository repository = await DirectoryRepository.OpenAsync(disk, Root, default);
        foreach (string folder in (string[])["data/", "keyrings/"])
        {
            await foreach (RepositoryObject item in repository.ListAsync(folder))
            {
                byte[] content = await repository.GetAsync(item.Name);
                byte least = answered.GetValueOrDefault(item.Name);
                Assert.True(content.Length > 0 && content[0] >= least && content.SequenceEqual(Content(content[0])), $"{what}: {item.Name} is not whole");
            }
        }

        foreach (string name in answered.Keys)
            Assert.NotEmpty(await repository.GetAsync(name));
    }

    private static byte[] Content(byte i) => [.. Enumerable.Repeat(i, 1500 * i)];
}
