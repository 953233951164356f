using Varve.Backup;
using Varve.Cli.CommandLine;

namespace Varve.Cli.Snapshots;

/// <summary>A repository that this process has opened. One thread.</summary>
internal sealed class OpenedSnapshots(SnapshotRepository repository) : SnapshotAccess
{
    public override Task<IReadOnlyList<SnapshotDescription>> ListAsync(CancellationToken cancellation) => repository.ListAsync(cancellation);

    public override async Task<SnapshotDescription> GetAsync(string id, CancellationToken cancellation) =>
        (await repository.ListAsync(cancellation)).FirstOrDefault(s => s.Id == id)
            ?? throw new CliException($"{repository.Description} has no snapshot {id}. See: varve snapshot list");

    public override Task<VerifyReport> VerifyAsync(bool isFull, IProgress<BackupProgress> progress, CancellationToken cancellation) =>
        repository.VerifyAsync(isFull, progress, cancellation);

    public override Task<PruneResult> PruneAsync(string? keep, IReadOnlyList<string> named, bool isTrial, CancellationToken cancellation)
    {
        KeepRules? rules = null;
        return keep is null || KeepRules.TryParse(keep, out rules)
            ? repository.PruneAsync(rules, named, isTrial, cancellation)
            : throw new CliException($"--keep is '{keep}': expected {KeepRules.Allowed}", exitCode: 2);
    }

    public override Task<DrillReport> DrillAsync(string scratch, CancellationToken cancellation) =>
        repository.DrillAsync(new DrillOptions { ScratchDirectory = scratch }, cancellation);

    public override ValueTask DisposeAsync() => repository.DisposeAsync();
}
