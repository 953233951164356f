using Varve.Backup.Drill;
using Varve.Storage;

namespace Varve.Backup;

/// <summary>How a drill is held.</summary>
public sealed record DrillOptions
{
    /// <summary>Where the scratch place is made, and what drills have left there that were cut off is removed. Made where it does not exist; its parent must.</summary>
    public required string ScratchDirectory { get; init; }

    /// <summary>
    /// The node whose snapshot it is: its newest one of this life is restored, and compared with its rows as they are now. The memory for the drill is taken
    /// of what its rows may have. Null: the newest snapshot of all, compared with what the repository says of it.
    /// </summary>
    public StorageEngine? Node { get; init; }

    /// <summary>Tells the room on the disk of a directory; for tests.</summary>
    internal Func<string, DiskRoom> RoomOf { get; init; } = DiskRoom.Of;

    internal LogSizes LogSizes { get; init; } = new() { MemoryBytes = 16 << 20, ZeroAheadBytes = 8 << 20 };
}
