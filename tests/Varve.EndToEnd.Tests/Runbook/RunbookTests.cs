using System.Globalization;
using System.Text;
using System.Text.Json;
using Varve.Backup.Tests.Repositories.S3;

namespace Varve.EndToEnd.Tests.Runbook;

/// <summary>
/// Every command of docs/backup.md, run in the page's order by a shell, with the real command and a real daemon, in the situation that it is for; and what it
/// is for is there afterwards. A heading with commands that nobody has made a situation for fails.
/// </summary>
public sealed class RunbookTests
{
    private const string Always = "In every shell";
    private const string SetUp = "Set it up";
    private const int Rows = 2_000;
    private const string Serve =
        "varve serve --data /var/lib/varve --backup-repository /mnt/backup/varve --backup-key-file /etc/varve/repository.key";

    private static readonly IReadOnlyDictionary<string, IReadOnlyList<RunbookCommand>> Page = RunbookPage.Read();

    public static TheoryData<string> Sections => [.. Page.Keys.Where(s => s != Always)];

    [Theory]
    [MemberData(nameof(Sections))]
    public async Task Its_commands_do_what_it_says(string section)
    {
        await using var world = new RunbookWorld();
        await RunAsync(world, Always);
        await (section switch
        {
            "The machine is gone" => MachineIsGoneAsync(world, section),
            "Wrong rows came" => WrongRowsAsync(world, section),
            "A stream was dropped" => StreamWasDroppedAsync(world, section),
            "The repository is full" => RepositoryIsFullAsync(world, section),
            "The repository is damaged" => RepositoryIsDamagedAsync(world, section),
            "The repository's key is lost" => KeyIsLostAsync(world, section),
            "Moving to a new machine" => MoveAsync(world, section),
            "Are the backups good?" => AreTheyGoodAsync(world, section),
            SetUp => SetItUpAsync(world, section),
            "In an object store" => ObjectStoreAsync(world, section),
            "Look without restoring" => LookAsync(world, section),
            _ => throw new InvalidDataException($"docs/backup.md has commands under '{section}', and no situation to try them in"),
        });
    }

    private static async Task MachineIsGoneAsync(RunbookWorld world, string section)
    {
        await BackedUpAsync(world);
        await world.KillAsync();
        Directory.Delete(world.PathOf("/var/lib/varve"), recursive: true);
        await RunAsync(world, section);
        await AssertRowsAsync(world, "orders", Rows);
    }

    private static async Task WrongRowsAsync(RunbookWorld world, string section)
    {
        await RunAsync(world, SetUp, count: 1);
        await world.ServeAsync(Serve + " --backup-archive 100ms");
        await world.RunAsync("varve snapshot create");
        await AppendAsync(world, "good", Rows);
        world.Examples["2026-11-28T14:05:00Z"] = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
        world.Examples["4711"] = Rows.ToString(CultureInfo.InvariantCulture);
        await AppendAsync(world, "wrong", 500);
        await ArchivedAsync(world);
        await RunAsync(world, section);
        await AssertRowsAsync(world, "orders", Rows);
        await AssertRowsAsync(world, "orders_1405", Rows);
        Assert.Equal("0", await AskAsync(world, "select count(*) from orders where kind = 'wrong'"));
        Assert.DoesNotContain("orders_good", await world.RunAsync("varve stream list"), StringComparison.Ordinal);
    }

    private static async Task StreamWasDroppedAsync(RunbookWorld world, string section)
    {
        await BackedUpAsync(world);
        await world.RunAsync("varve stream drop orders");
        await RunAsync(world, section);
        await AssertRowsAsync(world, "orders", Rows);
    }

    private static async Task RepositoryIsFullAsync(RunbookWorld world, string section)
    {
        await BackedUpAsync(world);
        string oldest = Assert.Single(await SnapshotsAsync(world));
        await world.RunAsync("varve snapshot create");
        await RunAsync(world, section);
        List<string> left = await SnapshotsAsync(world);
        Assert.Equal(2, left.Count);
        Assert.DoesNotContain(oldest, left);
    }

    private static async Task RepositoryIsDamagedAsync(RunbookWorld world, string section)
    {
        await BackedUpAsync(world);
        world.Examples["20261128-015226-3f2a91c0"] = (await SnapshotsAsync(world))[0];
        FileInfo largest = new DirectoryInfo(world.PathOf("/mnt/backup/varve/data")).EnumerateFiles().MaxBy(f => f.Length)!;
        byte[] bytes = await File.ReadAllBytesAsync(largest.FullName);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(largest.FullName, bytes);
        await RunAsync(world, section);
        Assert.DoesNotContain(world.Examples["20261128-015226-3f2a91c0"], await SnapshotsAsync(world));
    }

    private static async Task KeyIsLostAsync(RunbookWorld world, string section)
    {
        await BackedUpAsync(world);
        File.Delete(world.PathOf("/etc/varve/repository.key"));
        await RunAsync(world, section);
        await world.RunAsync(
            "varve snapshot restore --to /var/lib/varve-found --repo /mnt/backup/varve-2 --repo-key-file /etc/varve/repository-2.key");
    }

    private static async Task MoveAsync(RunbookWorld world, string section)
    {
        await BackedUpAsync(world);
        world.Examples["old.example.net:7447"] = world.Endpoint;
        await RunAsync(world, section, count: 1);
        await world.ServeAsync("varve serve --data /var/lib/varve-new", stopsOther: false);
        world.HasFollowed = async () => (await world.RunAsync("varve stream list --json")).Contains("orders", StringComparison.Ordinal)
            && await AskAsync(world, "select count(*) from orders") == $"{Rows}";
        await RunAsync(world, section, from: 1);
        await AssertRowsAsync(world, "orders", Rows);
    }

    private static async Task AreTheyGoodAsync(RunbookWorld world, string section)
    {
        await BackedUpAsync(world);
        await RunAsync(world, section);
        using JsonDocument drill = JsonDocument.Parse(await world.RunAsync("varve snapshot drill --json"));
        Assert.Equal(Rows, drill.RootElement.GetProperty("streams")[0].GetProperty("end_offset").GetInt32());
    }

    private static async Task SetItUpAsync(RunbookWorld world, string section)
    {
        await RunAsync(world, section);
        Assert.NotEmpty(await SnapshotsAsync(world));
    }

    private static async Task ObjectStoreAsync(RunbookWorld world, string section)
    {
        var store = new S3Server();
        await store.InitializeAsync();
        using (store)
        {
            world.Examples["https://minio.example.net:9000"] = store.Location("backups").Endpoint!;
            world.Examples["AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=..."] = "AWS_ACCESS_KEY_ID=S3RVER AWS_SECRET_ACCESS_KEY=S3RVER";
            await RunAsync(world, SetUp, count: 1);
            await RunAsync(world, section);
            await world.RunAsync("varve snapshot restore --to /var/lib/varve-found --repo 's3://backups/varve?endpoint=https://minio.example.net:9000'");
            await world.KillAsync();
        }
    }

    private static async Task LookAsync(RunbookWorld world, string section)
    {
        await BackedUpAsync(world);
        world.Examples["'2026-11-28'"] = "'2020-01-01'";
        await RunAsync(world, section);
    }

    /// <summary>As the page sets it up, with a stream of orders in a snapshot.</summary>
    private static async Task BackedUpAsync(RunbookWorld world)
    {
        await RunAsync(world, SetUp, count: 2);
        await AppendAsync(world, "good", Rows);
        await world.RunAsync("varve snapshot create");
    }

    private static async Task AppendAsync(RunbookWorld world, string kind, int count)
    {
        StringBuilder rows = new("id,kind\n");
        for (int i = 0; i < count; i++)
            rows.Append(CultureInfo.InvariantCulture, $"{i},{kind}\n");
        string file = world.PathOf($"/var/lib/{kind}.csv");
        await File.WriteAllTextAsync(file, rows.ToString());
        await world.RunAsync($"varve append orders /var/lib/{kind}.csv");
    }

    /// <summary>Waits until a restore would reach all that is there now.</summary>
    private static async Task ArchivedAsync(RunbookWorld world)
    {
        using JsonDocument status = JsonDocument.Parse(await world.RunAsync("varve status --json"));
        long position = status.RootElement.GetProperty("visible_up_to").GetInt64();
        for (int i = 0; ; i++)
        {
            string answer = await world.RunAsync($"varve snapshot restore --to /var/lib/look-{i} --at {position} --json || true");
            if (answer.Length > 0)
                return;
            Assert.InRange(i, 0, 60);
        }
    }

    private static async Task RunAsync(RunbookWorld world, string section, int from = 0, int count = int.MaxValue)
    {
        foreach (RunbookCommand command in Page[section].Skip(from).Take(count))
            await world.RunAsync(command);
    }

    private static async Task<List<string>> SnapshotsAsync(RunbookWorld world)
    {
        using JsonDocument list = JsonDocument.Parse(await world.RunAsync("varve snapshot list --json"));
        return [.. list.RootElement.EnumerateArray().Select(s => s.GetProperty("id").GetString()!)];
    }

    private static async Task<string> AskAsync(RunbookWorld world, string sql) =>
        (await world.RunAsync($"varve query \"{sql}\" --format csv")).Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Trim();

    private static async Task AssertRowsAsync(RunbookWorld world, string stream, int count) =>
        Assert.Equal($"{count}", await AskAsync(world, $"select count(*) from {stream}"));
}
