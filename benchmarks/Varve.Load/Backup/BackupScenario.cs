using System.Security.Cryptography;
using Varve.Storage;

namespace Varve.Load.Backup;

/// <summary>
/// Snapshots and restores of segments next to cp and sync of the same files, which is the limit, and to restic, all on one disk, in alternating
/// rounds: the first snapshot, the second one with 1 % of new data, the restore. Everything is synced, file by file, before its time is taken.
/// </summary>
internal sealed class BackupScenario : IScenario
{
    /// <summary>The repository's key, made for one run; what this process starts has it too.</summary>
    public const string KeyVariable = "VARVE_LOAD_REPOSITORY_KEY";

    private const double GrowthShare = 0.01;

    public static RootKeySource Key => RootKeySource.FromVariable(KeyVariable);

    public string Name => "backup";

    public string Summary =>
        "snapshot and restore next to cp and sync, and to restic: mib=2048 rounds=3 cold=0 (1: the page cache is dropped before each)";

    public async Task RunAsync(LoadArguments arguments)
    {
        if (!Restic.IsThere)
            throw new ScenarioFailedException("restic is not installed; on Debian: apt-get install restic");
        Environment.SetEnvironmentVariable(KeyVariable, Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));
        string directory = Directory.CreateTempSubdirectory("varve-load-").FullName;
        try
        {
            await using BackupData data = await BackupData.MakeAsync(Path.Combine(directory, "data"), (long)arguments.Number("mib", 2048) << 20);
            Console.WriteLine($"{data.SegmentBytes / 1e6:N0} MB in {data.Engine.Statistics.SegmentCount} segments");
            BackupRounds rounds = new(directory, data, arguments.Number("cold", 0) != 0);
            for (int round = 0; round < arguments.Number("rounds", 3); round++)
                await rounds.RunAsync((long)(data.SegmentBytes * GrowthShare));
            rounds.Print();
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
