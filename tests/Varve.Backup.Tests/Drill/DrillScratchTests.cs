using Microsoft.Extensions.Logging.Abstractions;
using Varve.Storage.FileSystem;
using Varve.Testing;

namespace Varve.Backup.Tests.Drill;

public sealed class DrillScratchTests : IDisposable
{
    private readonly TempDirectory _directory = new("drill");

    private string Scratch => _directory.File("scratch");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_a_killed_process_left_is_removed_and_what_another_is_at_work_on_stays()
    {
        Directory.CreateDirectory(Path.Combine(Scratch, "varve-drill-00000000", "data.restoring"));
        File.WriteAllText(Path.Combine(Scratch, "varve-drill-00000000", "data.restoring", "root.key"), "secret");
        Directory.CreateDirectory(Path.Combine(Scratch, "varve-drill-11111111"));
        Directory.CreateDirectory(Path.Combine(Scratch, "mine"));
        using (LinuxFileSystem.Instance.TryLock(Path.Combine(Scratch, "varve-drill-11111111", "lock")))
        using (DrillScratch scratch = DrillScratch.Create(Scratch))
        {
            DrillScratch.Sweep(Scratch, NullLogger.Instance);
            Assert.Equal(
                new[] { "mine", "varve-drill-11111111", Path.GetFileName(scratch.Path) }.Order(StringComparer.Ordinal),
                Directory.GetDirectories(Scratch).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        }

        DrillScratch.Sweep(Scratch, NullLogger.Instance);
        Assert.Equal(["mine"], Directory.GetDirectories(Scratch).Select(Path.GetFileName));
        DrillScratch.Sweep(_directory.File("nowhere"), NullLogger.Instance);
    }
}
