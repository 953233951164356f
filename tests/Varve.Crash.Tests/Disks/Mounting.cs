namespace Varve.Crash.Tests.Disks;

/// <summary>Whether this machine lets tests mount file systems: found out by mounting one.</summary>
internal static class Mounting
{
    private static readonly Lazy<string?> Obstacle = new(() =>
    {
        try
        {
            Task.Run(TryAsync).GetAwaiter().GetResult();
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return $"NOT TESTED HERE: file systems cannot be mounted, so no power was cut and no disk was full. {e.Message}";
        }
    });

    /// <summary>Null where they can be mounted; else why not.</summary>
    public static string? Problem => Obstacle.Value;

    private static async Task TryAsync()
    {
        await using ScratchDisk disk = await ScratchDisk.MakeAsync(DiskKind.Ext4, mebibytes: 8);
    }
}
