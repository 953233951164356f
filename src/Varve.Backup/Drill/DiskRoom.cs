namespace Varve.Backup.Drill;

/// <summary>The room on a disk.</summary>
/// <param name="FreeBytes">That this user may fill.</param>
/// <param name="TotalBytes">Of the whole.</param>
internal readonly record struct DiskRoom(long FreeBytes, long TotalBytes)
{
    private const long KeptBytesMax = 10L << 30;

    /// <summary>What a drill leaves free: a tenth, at most 10 GiB. Others write to the disk too.</summary>
    public long KeptBytes => Math.Min(TotalBytes / 10, KeptBytesMax);

    public static DiskRoom Of(string directory)
    {
        DriveInfo disk = new(directory);
        return new DiskRoom(disk.AvailableFreeSpace, disk.TotalSize);
    }
}
