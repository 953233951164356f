using System.Text.RegularExpressions;
using Varve.Client;
using Varve.Crash.Tests.Disks;
using Varve.Protocol.V1;
using Varve.Testing;
using Varve.Testing.Processes;
using Xunit.Abstractions;

namespace Varve.Crash.Tests.Backups;

/// <summary>
/// The disk with the repository becomes full, cannot be written to, lets nobody in, is taken away, or hangs, while the log is shipped and snapshots are taken by the clock:
/// the daemon says why and takes rows on, and goes on by itself when the disk is well again.
/// </summary>
public sealed partial class FailingPlaceTests(ITestOutputHelper output)
{
    private const int DiskMebibytes = 48;

    /// <summary>So many appends a shipping does not fall behind, unless it waits for the disk.</summary>
    private const int HeldPositions = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [MountTheory]
    [InlineData(DiskKind.Ext4)]
    public async Task Why_a_repository_fails_is_told_and_backups_go_on_when_it_is_well_again(DiskKind kind)
    {
        Random random = new(TestSeed.Next(output.WriteLine));
        await using ScratchDisk disk = await ScratchDisk.MakeAsync(kind, DiskMebibytes);
        using BackedUpNode node = new(random, Path.Combine(disk.Path, "repository"));
        await using VarveDaemon daemon = await node.StartAsync("--backup-every", "200ms");
        using VarveClient client = BackedUpNode.Connect(daemon);
        await AppendAndWaitAsync(node, client);

        disk.Fill(leavingBytes: 600_000);
        await FailsAsync(node, client, NoSpace(), NoSpace());
        Matches(NoSpace(), (await daemon.RunAsync("snapshot", "create")).Errors);
        disk.MakeRoom();
        await AppendAndWaitAsync(node, client);

        await disk.MakeReadOnlyAsync();
        await FailsAsync(node, client, ReadOnly(), ReadOnly());
        Matches(ReadOnly(), (await VarveProgram.RunAsync(["snapshot", "prune", "--keep", "1d", .. node.Access])).Errors);
        await disk.MakeWritableAsync();
        await AppendAndWaitAsync(node, client);

        await ScratchDisk.PermitAsync(node.Repository, isPermitted: false);
        await FailsAsync(node, client, NotPermitted(), NotPermitted());
        await ScratchDisk.PermitAsync(node.Repository, isPermitted: true);
        await AppendAndWaitAsync(node, client);

        await disk.DetachAsync();
        await FailsAsync(node, client, Gone(), NoRepository());
        await disk.AttachAsync();
        await AppendAndWaitAsync(node, client);

        await disk.FreezeAsync();
        try
        {
            await UntilAsync(client, async repository =>
            {
                await node.AppendAsync(client, 1);
                return Job(repository, BackupJobKind.Archive).Running && repository.Lag.Positions >= HeldPositions;
            });
        }
        finally
        {
            await disk.ThawAsync();
        }

        await AppendAndWaitAsync(node, client);
        await RestoreToFullDiskAsync(disk, node);
    }

    private static async Task RestoreToFullDiskAsync(ScratchDisk disk, BackedUpNode node)
    {
        string directory = Path.Combine(disk.Path, "restored");
        disk.Fill(leavingBytes: 1_000_000);
        VarveResult refused = await VarveProgram.RunAsync(["snapshot", "restore", "--to", directory, .. node.Access]);
        Assert.NotEqual(0, refused.ExitCode);
        Matches(NoSpace(), refused.Errors);
        Assert.False(Directory.Exists(directory));
        disk.MakeRoom();
        await node.RestoreAsync(directory, node.Acknowledged, "a restore to a disk that was full");
    }

    /// <summary>As xunit does, with all of the text.</summary>
    private static void Matches(Regex expected, string text) => Assert.True(expected.IsMatch(text), $"not {expected}: {text}");

    /// <summary>Appends while it lasts, until both jobs have said why they fail.</summary>
    private static async Task FailsAsync(BackedUpNode node, VarveClient client, Regex archive, Regex snapshot) => await UntilAsync(
        client,
        async repository =>
        {
            await node.AppendAsync(client, 1);
            return archive.IsMatch(Job(repository, BackupJobKind.Archive).Error) && snapshot.IsMatch(Job(repository, BackupJobKind.Snapshot).Error);
        });

    /// <summary>Appends, until all of it is archived and in a snapshot.</summary>
    private static async Task AppendAndWaitAsync(BackedUpNode node, VarveClient client)
    {
        await node.AppendAsync(client, 3);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        await UntilAsync(client, repository => Task.FromResult(
            repository.Lag is { Positions: 0, ArchivedUpTo: > 0 }
            && repository.Jobs.All(j => j.Error.Length == 0)
            && Job(repository, BackupJobKind.Snapshot).LastSuccess?.ToDateTimeOffset() > now));
        await node.VerifyAsync("when it is well again");
        await node.RestoreAsync(node.NewDirectory(), node.Acknowledged, "when it is well again");
    }

    private static async Task UntilAsync(VarveClient client, Func<RepositoryStatus, Task<bool>> isTrue)
    {
        for (long began = TimeProvider.System.GetTimestamp(); ; await Task.Delay(20))
        {
            RepositoryStatus repository = Assert.Single((await client.GetStatusAsync()).Repositories);
            if (await isTrue(repository))
                return;
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"in vain: {repository}");
        }
    }

    private static BackupJobStatus Job(RepositoryStatus repository, BackupJobKind kind) => repository.Jobs.Single(j => j.Kind == kind);

    [GeneratedRegex("No space left on device")]
    private static partial Regex NoSpace();

    [GeneratedRegex("Operation not permitted|Access to the path .* is denied")]
    private static partial Regex NotPermitted();

    [GeneratedRegex("Read-only file system")]
    private static partial Regex ReadOnly();

    [GeneratedRegex("No such file or directory|is not there any more")]
    private static partial Regex Gone();

    [GeneratedRegex("there is no repository at")]
    private static partial Regex NoRepository();
}
