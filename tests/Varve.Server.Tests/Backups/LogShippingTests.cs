using Microsoft.Extensions.Logging.Abstractions;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Server.Backups;
using Varve.Server.Configuration;
using Varve.Storage;
using Varve.Testing;

namespace Varve.Server.Tests.Backups;

public sealed class LogShippingTests : IDisposable
{
    private const string KeyVariable = "VARVE_TEST_SHIPPED_REPOSITORY_KEY";

    private readonly TempDirectory _directory = new("shipping");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task An_archive_gives_way_to_appends_until_it_is_late_and_again_when_it_has_caught_up()
    {
        ManualTime time = new();
        VarveServerOptions options = Options();
        await using StorageEngine engine = await StorageEngine.OpenAsync(
            new StorageOptions { Directory = options.Data.Directory, KeepsLogForArchive = true });
        BackupLedger ledger = new(options, time, NullLogger.Instance);
        using NodeBackups backups = new(engine, options, ledger, time, NullLogger.Instance);
        LogShipping shipping = new(options.Backup.Repository, engine, backups, ledger, options.Backup, time, NullLogger.Instance);
        Schema schema = new([new Field("n", ArrowTypes.Int64)]);
        await engine.CreateStreamAsync("s", schema);
        await shipping.ShipAsync(CancellationToken.None);

        // As long as nothing new is there, no time makes it late.
        time.Advance(TimeSpan.FromHours(1));
        Assert.False(shipping.IsUrgent);
        await shipping.ShipAsync(CancellationToken.None);
        RecordBatchBuilder rows = new(schema);
        rows.AppendRow(1L);
        await engine.AppendAsync("s", rows.Build());
        time.Advance(options.Backup.Archive + TimeSpan.FromSeconds(4));
        Assert.False(shipping.IsUrgent);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(shipping.IsUrgent);

        await shipping.ShipAsync(CancellationToken.None);
        Assert.Equal(0, shipping.Lag.PositionCount);
        Assert.False(shipping.IsUrgent);
        await engine.DisposeAsync();
        await shipping.DisposeAsync();
    }

    private VarveServerOptions Options()
    {
        Environment.SetEnvironmentVariable(KeyVariable, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
        VarveServerOptions options = RunningServer.Options(_directory.File("data"));
        options.Backup.Repository = _directory.File("repository");
        options.Backup.KeyVariable = KeyVariable;
        options.Backup.Archive = TimeSpan.FromMinutes(1);
        return options;
    }
}
