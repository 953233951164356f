using Varve.Storage;
using Varve.Storage.Tests;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Backup.Tests.Verify;

/// <summary>Each object of a repository is removed, cut, changed and swapped in turn.</summary>
public sealed class DamageTests(ITestOutputHelper output) : IAsyncLifetime, IDisposable
{
    private BackupHost? _host;
    private SnapshotDescription? _first;
    private SnapshotDescription? _second;
    private readonly TempDirectory _whole = new("whole");

    private BackupHost Host => _host!;

    public async Task InitializeAsync()
    {
        _host = await BackupHost.StartAsync();
        await Host.Engine.CreateStreamAsync("s", Rows.Schema);
        await Host.Engine.AppendAsync("s", Rows.Range(0, 2500));
        _first = await Host.SnapshotAsync();
        await Host.Engine.AppendAsync("s", Rows.Range(2500, 100));
        _second = await Host.SnapshotAsync(new SnapshotOptions { Seals = false });
        CopyDirectory(Host.RepositoryPath, _whole.Path);
    }

    public async Task DisposeAsync() => await Host.DisposeAsync();

    public void Dispose() => _whole.Dispose();

    [Theory]
    [InlineData("remove")]
    [InlineData("cut")]
    [InlineData("flip")]
    [InlineData("swap")]
    public async Task Verify_and_the_next_snapshot_tell_which_and_no_restore_gives_a_wrong_row(string damage)
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        string[] objects = [.. ObjectsIn(_whole.Path)];
        foreach (string name in objects)
        {
            Reset();
            string other = objects[(Array.IndexOf(objects, name) + 1 + random.Next(objects.Length - 1)) % objects.Length];
            Harm(damage, name, other, random);
            string what = $"{damage} {name}" + (damage == "swap" ? $" with {other}" : "");
            await using SnapshotRepository? repository = await TryOpenAsync();
            if (repository is null)
            {
                Assert.True(damage == "swap" && name.StartsWith("repository", StringComparison.Ordinal) && other.StartsWith("repository", StringComparison.Ordinal), what);
                continue;
            }

            VerifyReport report = await repository.VerifyAsync(isFull: random.Next(2) == 0);
            // Where what needed a piece is damaged too, nobody knows that it was needed.
            string[] told = damage == "swap" ? [name, other] : [name];
            bool isNoChange = damage == "swap" && name.StartsWith("repository", StringComparison.Ordinal) && other.StartsWith("repository", StringComparison.Ordinal);
            Assert.True(isNoChange || report.Problems.Any(p => told.Any(t => Tells(p, t))), $"verify does not tell of {what}: {string.Join("; ", report.Problems)}");
            await CheckRestoreAsync(repository, random.Next(2) == 0 ? _first! : _second!, what);
            SnapshotResult next = await repository.CreateAsync(Host.Engine);
            Assert.True(isNoChange || next.Problems.Any(p => told.Any(t => Tells(p, t))), $"the next snapshot does not tell of {what}: {string.Join("; ", next.Problems)}");
            await CheckRestoreAsync(repository, next.Snapshot, what, mustSucceed: true);
        }
    }

    [Fact]
    public async Task What_the_node_still_has_is_put_back_and_the_repository_is_whole_again()
    {
        var random = new Random(TestSeed.Next(output.WriteLine));
        await using BackupHost host = await BackupHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Of([.. Enumerable.Range(0, 2500).Select(_ => random.NextInt64())]));
        await host.SnapshotAsync();
        string largest = ObjectsIn(host.RepositoryPath).MaxBy(o => new FileInfo(Path.Combine(host.RepositoryPath, o)).Length)!;
        File.Delete(Path.Combine(host.RepositoryPath, largest));
        File.Delete(Path.Combine(host.RepositoryPath, "repository-copy"));
        await using (SnapshotRepository repository = await host.OpenAsync())
        {
            SnapshotResult result = await repository.CreateAsync(host.Engine);
            Assert.Equal((2, 1), (result.Problems.Count, result.HealedCount));
        }

        await using SnapshotRepository healed = await host.OpenAsync();
        VerifyReport report = await healed.VerifyAsync(isFull: true);
        Assert.Empty(report.Problems);
        Assert.Equal((2, true), (report.SnapshotCount, report.DecodedSegmentCount > 0));
        Assert.Empty((await healed.CreateAsync(host.Engine)).Problems);
    }

    /// <summary>Names, values and columns, of streams, in all files and their names.</summary>
    [Fact]
    public async Task No_plaintext_is_in_a_repository()
    {
        string[] secrets = ["secret-stream", "secret_column", "secret-value-", "secret-producer"];
        await using BackupHost plain = await BackupHost.StartAsync(o => o with { Keys = new KeyOptions { Encrypt = false } });
        foreach (BackupHost host in (BackupHost[])[Host, plain])
        {
            Arrow.Schema schema = new([new Arrow.Field("secret_column", Arrow.ArrowTypes.Utf8)]);
            await host.Engine.CreateStreamAsync("secret-stream", schema);
            await host.Engine.OpenProducerAsync("secret-producer");
            await host.Engine.AppendAsync("secret-stream", Rows.Batch(schema, [.. Enumerable.Range(0, 50).Select(i => new object?[] { $"secret-value-{i}" })]));
            await host.SnapshotAsync();
            await host.Engine.AppendAsync("secret-stream", Rows.Batch(schema, ["secret-value-tail"]));
            await host.SnapshotAsync(new SnapshotOptions { Seals = false });
            foreach (string name in ObjectsIn(host.RepositoryPath))
            {
                string text = name + System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(Path.Combine(host.RepositoryPath, name)));
                Assert.All(secrets, secret => Assert.False(text.Contains(secret, StringComparison.Ordinal), $"{name} has {secret}"));
            }
        }

        // The search finds what is there: the engine that is not encrypted has it on its disk.
        Assert.Contains(Directory.EnumerateFiles(plain.Node.Directory, "*", SearchOption.AllDirectories),
            f => !f.EndsWith("lock", StringComparison.Ordinal) && System.Text.Encoding.Latin1.GetString(Read(f)).Contains("secret-value-tail", StringComparison.Ordinal));
    }

    private static byte[] Read(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static bool Tells(string problem, string name)
    {
        string leaf = name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return problem.Contains(leaf, StringComparison.Ordinal);
    }

    private async Task<SnapshotRepository?> TryOpenAsync()
    {
        try
        {
            return await Host.OpenAsync();
        }
        catch (BackupException e) when (e.Code == BackupErrorCode.Damaged)
        {
            return null;
        }
    }

    private async Task CheckRestoreAsync(SnapshotRepository repository, SnapshotDescription snapshot, string what, bool mustSucceed = false)
    {
        RestoreResult restored;
        try
        {
            restored = await repository.RestoreAsync(Host.ToNewDirectory(snapshot.Id));
        }
        catch (BackupException) when (!mustSucceed)
        {
            return;
        }

        await using StorageEngine engine = await Host.OpenAsync(restored);
        long[] expected = [.. Enumerable.Range(0, snapshot == _first ? 2500 : 2600).Select(i => (long)i)];
        Assert.True(engine.OpenView("s").Numbers().SequenceEqual(expected), $"{what}: snapshot {snapshot.Id} gives other rows");
    }

    private void Harm(string damage, string name, string other, Random random)
    {
        string path = Path.Combine(Host.RepositoryPath, name);
        byte[] bytes = File.ReadAllBytes(path);
        switch (damage)
        {
            case "remove":
                File.Delete(path);
                break;
            case "cut":
                File.WriteAllBytes(path, bytes[..random.Next(bytes.Length)]);
                break;
            case "flip":
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(path, bytes);
                break;
            default:
                string otherPath = Path.Combine(Host.RepositoryPath, other);
                File.WriteAllBytes(path, File.ReadAllBytes(otherPath));
                File.WriteAllBytes(otherPath, bytes);
                break;
        }
    }

    private void Reset()
    {
        Directory.Delete(Host.RepositoryPath, recursive: true);
        CopyDirectory(_whole.Path, Host.RepositoryPath);
    }

    private static void CopyDirectory(string from, string to)
    {
        foreach (string name in ObjectsIn(from))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(to, name))!);
            File.Copy(Path.Combine(from, name), Path.Combine(to, name));
        }
    }

    private static IEnumerable<string> ObjectsIn(string repository) => Directory.EnumerateFiles(repository, "*", SearchOption.AllDirectories)
        .Where(f => !Path.GetFileName(f).Contains('.', StringComparison.Ordinal)).Select(f => Path.GetRelativePath(repository, f)).Order(StringComparer.Ordinal);
}
