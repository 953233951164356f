using System.Globalization;
using Varve.Storage.Checking;
using Varve.Storage.Tests.FileSystem;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Faults;

/// <summary>
/// Every kind of damage to every kind of file, one at a time, of directories that were closed in order. After each, either all that was acknowledged
/// is there, or the damage is reported with a file, and nothing was skipped or deleted.
/// </summary>
public class DamageCaseTests(ITestOutputHelper output)
{
    /// <summary>VARVE_DAMAGE_CASES, else 300.</summary>
    private static readonly int CaseCount =
        int.Parse(Environment.GetEnvironmentVariable("VARVE_DAMAGE_CASES") is { Length: > 0 } cases ? cases : "300", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Damage_is_reported_or_harmless_and_nothing_is_skipped_or_deleted()
    {
        int seed = TestSeed.Next(output.WriteLine);
        Random random = new(seed);
        DamagedDirectory directory = await DamagedDirectory.MakeAsync();
        DamageKind[] kinds = Enum.GetValues<DamageKind>();
        int cases = 0;
        Dictionary<string, int> outcomes = [];
        for (int i = 0; cases < CaseCount; i++)
        {
            string path = directory.Files[i % directory.Files.Count];
            DamageKind kind = kinds[i / directory.Files.Count % kinds.Length];
            if (directory.Damage(path, kind, random) is not { } disk)
                continue;
            cases++;
            string what = $"case {i}, {kind} of {path}";
            string outcome = await JudgeAsync(disk, path, what);
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }

        output.WriteLine($"{cases} cases: {string.Join(", ", outcomes.Select(o => $"{o.Value} {o.Key}"))}");
    }

    private static async Task<string> JudgeAsync(FaultyFileSystem disk, string path, string what)
    {
        Dictionary<string, byte[]> before = DamagedDirectory.Image(disk);
        bool isReported = await IsReportedAsync(disk, what);
        AssertUnchanged(before, disk, what);
        StorageEngine engine;
        try
        {
            engine = await StorageEngine.OpenAsync(SimulatedOptions.On(disk) with { Compacts = false });
        }
        catch (StorageException refused)
        {
            AssertReports(refused, path, what);
            AssertUnchanged(before, disk, what);
            Assert.True(isReported, $"{what}: refused, but the check found nothing: {refused.Message}");
            return "refused at the opening";
        }

        await using (engine)
        {
            bool isHarmless = true;
            foreach (string stream in (string[])["s", "t"])
            {
                try
                {
                    Assert.True(DamagedDirectory.Expected.SequenceEqual(engine.OpenView(stream).Numbers()), $"{what}: rows of '{stream}' are missing");
                    Assert.Equal(DamagedDirectory.RowCount, engine.OpenView(stream).Column("text").Count);
                    Assert.Equal(DamagedDirectory.RowCount, engine.OpenView(stream).Times().Length);
                }
                catch (StorageException damaged)
                {
                    AssertReports(damaged, path, what);
                    Assert.True(isReported, $"{what}: not readable, but the check found nothing: {damaged.Message}");
                    Assert.Equal("s", stream);
                    isHarmless = false;
                }
            }

            if (!isHarmless)
                Assert.True(before[path].AsSpan().SequenceEqual(DamagedDirectory.Image(disk)[path]), $"{what}: the damaged file was changed");
            return isHarmless ? isReported ? "harmless and found by the check" : "harmless" : "reported by who reads the rows";
        }
    }

    private static async Task<bool> IsReportedAsync(FaultyFileSystem disk, string what)
    {
        try
        {
            CheckReport report = await DirectoryCheck.RunAsync(disk, SimulatedOptions.On(disk).Directory, null, CancellationToken.None);
            return report.Damage.Count > 0;
        }
        catch (StorageException e)
        {
            Assert.True(e.Code == StorageErrorCode.KeyMismatch, $"{what}: the check ended with {e.Code}: {e.Message}");
            return true;
        }
    }

    private static void AssertReports(StorageException reported, string path, string what)
    {
        Assert.True(
            reported.Code is StorageErrorCode.Corruption or StorageErrorCode.KeyMismatch or StorageErrorCode.Unsupported,
            $"{what}: {reported.Code}: {reported.Message}");
        string folder = Path.GetDirectoryName(path)!;
        Assert.True(
            reported.Message.Contains(folder, StringComparison.Ordinal) || reported.Message.Contains("log entry", StringComparison.Ordinal)
            || reported.Message.Contains("keyring", StringComparison.Ordinal),
            $"{what}: no file is named: {reported.Message}");
    }

    private static void AssertUnchanged(Dictionary<string, byte[]> before, FaultyFileSystem disk, string what)
    {
        Dictionary<string, byte[]> after = DamagedDirectory.Image(disk);
        foreach ((string path, byte[] content) in before)
        {
            if (Path.GetFileName(path) != "lock")
                Assert.True(after.TryGetValue(path, out byte[]? now) && now.AsSpan().SequenceEqual(content), $"{what}: {path} was changed or deleted");
        }
    }
}
