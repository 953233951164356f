using System.Globalization;

namespace Varve.Backup.Drill;

/// <summary>Sees to it that a drill leaves room on the disk: before it begins and while it goes on. Any thread.</summary>
internal sealed class RoomGuard(string directory, Func<string, DiskRoom> roomOf) : IProgress<BackupProgress>
{
    /// <summary>Throws <see cref="BackupErrorCode.NoRoom"/> where so much more would leave too little.</summary>
    public void Require(long bytes)
    {
        DiskRoom room = roomOf(directory);
        if (room.FreeBytes - bytes >= room.KeptBytes)
            return;
        throw new BackupException(BackupErrorCode.NoRoom, string.Create(
            CultureInfo.InvariantCulture,
            $"no drill is held: it takes {bytes} bytes more in {directory}, where {room.FreeBytes} are free and {room.KeptBytes} have to stay free. Name a "
            + $"directory on a disk with more room (Backup:DrillDirectory, or --scratch)"));
    }

    public void Report(BackupProgress value) => Require(value.TotalBytes - value.DoneBytes);
}
