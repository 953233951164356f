using Varve.Backup.Tests.Places;
using Varve.Backup.Tests.Repositories.S3;
using Varve.Storage;
using Varve.Storage.Checking;
using Varve.Storage.Tests;

namespace Varve.Backup.Tests.Snapshots;

/// <summary>What a snapshot of the node holds takes the place of what is damaged; nothing is deleted.</summary>
public abstract class PutBackTests(Func<RepositoryPlace> newPlace)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_segment_that_a_snapshot_holds_is_put_back(bool isMissing)
    {
        await using BackupHost host = await StartAsync(o => o with { Compacts = false });
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Range(0, 5000));
        await host.SnapshotAsync();
        await host.Engine.AppendAsync("s", Rows.Range(5000, 10));
        string directory = host.Node.Directory;
        await host.Node.CloseAsync();
        string file = Directory.EnumerateFiles(Path.Combine(directory, "segments")).Order(StringComparer.Ordinal).First();
        byte[] whole = await File.ReadAllBytesAsync(file);
        byte[] broken = [.. whole];
        broken[broken.Length / 2] ^= 4;
        if (isMissing)
            File.Delete(file);
        else
            await File.WriteAllBytesAsync(file, broken);
        CheckReport found = await DirectoryCheck.RunAsync(directory);
        Assert.NotEmpty(found.Damage);

        await using (SnapshotRepository repository = await host.OpenAsync(makes: false))
        {
            Assert.Equal([file], await repository.PutBackAsync(directory, found.Damage.Select(d => d.File)));
            Assert.Empty(await repository.PutBackAsync(directory, [Path.Combine(directory, "segments", "0000000999.seg")]));
        }

        Assert.Equal(whole, await File.ReadAllBytesAsync(file));
        Assert.Equal(isMissing, !File.Exists(file + ".damaged"));
        if (!isMissing)
            Assert.Equal(broken, await File.ReadAllBytesAsync(file + ".damaged"));
        Assert.Empty((await DirectoryCheck.RunAsync(directory)).Damage);
        await host.Node.OpenAsync();
        Assert.Equal(Enumerable.Range(0, 5010).Select(i => (long)i), host.Engine.OpenView("s").Numbers());
    }

    [Fact]
    public async Task A_directory_that_an_engine_has_open_is_left_alone()
    {
        await using BackupHost host = await StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.SnapshotAsync();
        await using SnapshotRepository repository = await host.OpenAsync(makes: false);
        StorageException error = await Assert.ThrowsAsync<StorageException>(() => repository.PutBackAsync(host.Node.Directory, []));
        Assert.Equal(StorageErrorCode.DirectoryLocked, error.Code);
    }

    private Task<BackupHost> StartAsync(Func<StorageOptions, StorageOptions>? change = null) => BackupHost.StartAsync(change, newPlace());

    public sealed class OnDirectory() : PutBackTests(() => new DirectoryPlace());

    public sealed class OnS3(S3Server server) : PutBackTests(() => new S3Place(server)), IClassFixture<S3Server>;
}
