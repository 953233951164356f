using System.Text;
using Varve.Arrow;
using Varve.Backup.Tests.Places;
using Varve.Backup.Tests.Repositories.S3;
using Varve.Storage;
using Varve.Storage.Tests;
using Xunit.Abstractions;

namespace Varve.Backup.Tests.Verify;

/// <summary>Who has a repository without its key has nothing, and who has the key has nothing of a stream that was dropped.</summary>
public abstract class SecrecyTests(ITestOutputHelper output, Func<RepositoryPlace> newPlace)
{
    private static readonly string[] Secrets =
        ["secret-stream", "secret_column", "secret-value-", "secret-producer", "secret-consumer", "secret-dead-letters"];

    private static readonly Schema SecretSchema = new([new Field("secret_column", ArrowTypes.Utf8)]);

    /// <summary>Names and values in all objects and their names, of snapshots and the archive, of a node that is encrypted and one that is not.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_plaintext_is_in_a_repository(bool isEncrypted)
    {
        await using BackupHost host = await BackupHost.StartAsync(
            o => o with { Keys = new KeyOptions { Encrypt = isEncrypted }, KeepsLogForArchive = true }, newPlace());
        await FillAsync(host);
        int searched = 0;
        foreach ((string name, byte[] bytes) in await host.Place.ReadAllAsync())
        {
            AssertHasNone(name, Encoding.ASCII.GetBytes(name));
            AssertHasNone(name, bytes);
            searched++;
        }

        output.WriteLine($"{searched} objects were searched");
        Assert.InRange(searched, 12, int.MaxValue);

        // The search finds what is there: a node that is not encrypted has it on its disk.
        bool isFound = Directory.EnumerateFiles(host.Node.Directory, "*", SearchOption.AllDirectories)
            .Where(f => !f.EndsWith("lock", StringComparison.Ordinal)).Select(Read).Any(b => b.AsSpan().IndexOf("secret-value-tail"u8) >= 0);
        Assert.Equal(!isEncrypted, isFound);
    }

    [Fact]
    public async Task Without_the_key_nothing_opens_and_nothing_changes()
    {
        await using BackupHost host = await BackupHost.StartAsync(o => o with { KeepsLogForArchive = true }, newPlace());
        await FillAsync(host);
        IReadOnlyDictionary<string, byte[]> before = await host.Place.ReadAllAsync();
        string other = host.KeyPath + ".other";
        BackupHost.WriteKey(other, 9);
        foreach (string key in (string[])[other, host.KeyPath + ".none"])
        {
            foreach (bool makes in (bool[])[true, false])
            {
                BackupException refused = await Assert.ThrowsAsync<BackupException>(() => host.OpenAsync(makes, key));
                Assert.Equal(BackupErrorCode.KeyMismatch, refused.Code);
                Assert.Contains("key", refused.Message, StringComparison.Ordinal);
                Assert.Contains(key == other ? "another key" : "not there", refused.Message, StringComparison.Ordinal);
            }
        }

        Assert.Equal(before, await host.Place.ReadAllAsync());
    }

    /// <summary>The archive ships what became of the keys, too: no snapshot has to be taken for it.</summary>
    [Fact]
    public async Task A_dropped_stream_opens_from_no_snapshot_and_no_archive()
    {
        await using BackupHost host = await BackupHost.StartAsync(o => o with { KeepsLogForArchive = true }, newPlace());
        await host.Engine.CreateStreamAsync("kept", Rows.Schema);
        await host.Engine.CreateStreamAsync("dropped", Rows.Schema);
        await host.Engine.AppendAsync("dropped", Rows.Range(0, 3000));
        SnapshotDescription old = await host.SnapshotAsync();
        await using SnapshotRepository repository = await host.OpenAsync();
        using LogArchive archive = await repository.OpenArchiveAsync(host.Engine);
        await host.Engine.AppendAsync("dropped", Rows.Range(3000, 10));
        await archive.ShipAsync();
        long position = host.Engine.VisibleUpTo.Value;
        Assert.Empty((await repository.RestoreAsync(host.ToNewDirectory() with { Position = position })).Erased);
        await host.Engine.DropStreamAsync("dropped");
        await archive.ShipAsync();
        foreach (RestoreOptions moment in (RestoreOptions[])[host.ToNewDirectory(old.Id), host.ToNewDirectory() with { Position = position }])
        {
            RestoreResult restored = await repository.RestoreAsync(moment);
            Assert.Equal(["dropped"], restored.Erased);
            await using StorageEngine engine = await host.OpenAsync(restored);
            Assert.Equal(["kept"], engine.List().Select(s => s.Name));
        }
    }

    /// <summary>Snapshots and an archive of streams, producers, consumers and rows, in segments and in the log.</summary>
    private static async Task FillAsync(BackupHost host)
    {
        await using SnapshotRepository repository = await host.OpenAsync();
        using LogArchive archive = await repository.OpenArchiveAsync(host.Engine);
        await host.Engine.CreateStreamAsync("secret-stream", SecretSchema);
        ProducerSession producer = await host.Engine.OpenProducerAsync("secret-producer");
        await host.Engine.CreateConsumerAsync(
            "secret-stream",
            "secret-consumer",
            ConsumerSettings.Default with { DeliveriesMax = 3, DeadLetterStream = "secret-dead-letters" },
            ConsumerStart.Earliest);
        RecordBatch values = Rows.Batch(SecretSchema, [.. Enumerable.Range(0, 50).Select(i => new object?[] { $"secret-value-{i}" })]);
        await host.Engine.AppendAsync(
            new StreamAppend("secret-stream", values), new AppendOptions { Producer = new ProducerSequence(producer.Id, producer.Epoch, 0) });
        Assert.Empty((await repository.CreateAsync(host.Engine)).Problems);
        Assert.True(await archive.ShipAsync());
        await host.Engine.AppendAsync("secret-stream", Rows.Batch(SecretSchema, ["secret-value-tail"]));
        Assert.True(await archive.ShipAsync());
        Assert.Empty((await repository.CreateAsync(host.Engine, new SnapshotOptions { Seals = false })).Problems);
    }

    private static void AssertHasNone(string name, byte[] bytes) => Assert.All(
        Secrets, secret => Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) < 0, $"{name} has {secret}"));

    private static byte[] Read(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    public sealed class OnDirectory(ITestOutputHelper output) : SecrecyTests(output, () => new DirectoryPlace());

    public sealed class OnS3(ITestOutputHelper output, S3Server server) : SecrecyTests(output, () => new S3Place(server)), IClassFixture<S3Server>;
}
