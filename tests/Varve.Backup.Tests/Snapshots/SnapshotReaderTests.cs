using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Backup.Tests.Places;
using Varve.Backup.Tests.Repositories.S3;
using Varve.Query;
using Varve.Storage;
using Varve.Storage.Tests;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Backup.Tests.Snapshots;

/// <summary>A snapshot that is asked where it lies answers as what is restored of it, and fetches little.</summary>
public abstract class SnapshotReaderTests(ITestOutputHelper output, Func<RepositoryPlace> newPlace, int batches)
{
    private const int BatchRows = 40_000;
    private const int StepMax = 1_000;

    [Theory]
    [InlineData("SELECT sum(n) FROM s WHERE n BETWEEN 200000000 AND 200100000", true)]
    [InlineData("SELECT max(n) FROM s WHERE _offset = 123456", true)]
    [InlineData("SELECT sum(hash(n, text)) FROM s", false)]
    public async Task It_answers_as_a_restored_one_does(string sql, bool isSelective)
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        await using BackupHost host = await StartAsync(o => o with { SealRows = 200_000 });
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        for (int i = 0; i < batches; i++)
            await host.Engine.AppendAsync("s", Growing(random, i));
        await host.Engine.FlushAsync("s");
        await host.Engine.AppendAsync("s", Rows.Range(-500, 500));
        SnapshotDescription snapshot = await host.SnapshotAsync(new SnapshotOptions { Seals = false });
        await host.Engine.AppendAsync("s", Rows.Range(200_000, 100));
        await using StorageEngine restored = await host.OpenAsync(await host.RestoreAsync(host.ToNewDirectory()));
        string scratch = host.ToNewDirectory().Directory;

        await using (SnapshotRepository repository = await host.OpenAsync(makes: false))
        {
            await using SnapshotReader reader = await repository.OpenSnapshotAsync(host.ToNewDirectory() with { Directory = scratch });
            Assert.Equal(snapshot.Position, reader.Snapshot.Position);
            Assert.Equal((batches * BatchRows) + 500, reader.Engine.Describe("s").EndOffset);
            object? expected = await AskAsync(restored, sql);
            Assert.NotNull(expected);
            Assert.Equal(expected, await AskAsync(reader.Engine, sql));
            output.WriteLine($"{reader.FetchedBytes} of {snapshot.Bytes} bytes fetched");
            Assert.InRange(reader.FetchedBytes, 1, isSelective ? snapshot.Bytes / 20 : 2 * snapshot.Bytes);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(scratch)!, Path.GetFileName(scratch) + "*"));
    }

    [Fact]
    public async Task An_object_that_is_damaged_fails_what_needs_it_by_name()
    {
        await using BackupHost host = await StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Range(0, 5000));
        await host.Engine.FlushAsync("s");
        await host.SnapshotAsync();
        await using SnapshotRepository repository = await host.OpenAsync(makes: false);
        await using SnapshotReader reader = await repository.OpenSnapshotAsync(host.ToNewDirectory());
        (string largest, byte[] bytes) = (await host.Place.ReadAllAsync()).MaxBy(o => o.Value.Length);
        bytes[bytes.Length / 2] ^= 1;
        await host.Place.WriteAsync(largest, bytes);
        QueryException error = await Assert.ThrowsAsync<QueryException>(() => AskAsync(reader.Engine, "SELECT sum(hash(n, text)) FROM s"));
        Assert.Contains(largest, error.Message, StringComparison.Ordinal);
        Assert.Contains("seal", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Numbers that grow from batch to batch, by steps that no encoding foresees.</summary>
    private static RecordBatch Growing(Random random, int batch)
    {
        long first = (long)batch * BatchRows;
        return Rows.Of([.. Enumerable.Range(0, BatchRows).Select(i => ((first + i) * StepMax) + random.Next(StepMax))]);
    }

    private static async Task<object?> AskAsync(StorageEngine storage, string sql)
    {
        using var engine = new QueryEngine(storage, new QueryOptions { ThreadCount = 2, MemoryLimitBytes = 256 << 20 });
        await using QueryResult result = await engine.ExecuteAsync(sql);
        object? value = null;
        await foreach (RecordBatch batch in result.ReadAllAsync())
            value = ArrayReader.GetValue(batch.Columns[0], 0);
        return value;
    }

    private Task<BackupHost> StartAsync(Func<StorageOptions, StorageOptions>? change = null) => BackupHost.StartAsync(change, newPlace());

    public sealed class OnDirectory(ITestOutputHelper output) : SnapshotReaderTests(output, () => new DirectoryPlace(), batches: 60);

    public sealed class OnS3(ITestOutputHelper output, S3Server server) : SnapshotReaderTests(output, () => new S3Place(server), batches: 30), IClassFixture<S3Server>;
}
