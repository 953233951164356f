using Varve.Storage.Zones;

namespace Varve.Storage;

/// <summary>
/// Rows of a view that one look can leave out: a segment, or the whole tail. What is said here of a segment comes from the catalog, without a look
/// at its file. Immutable; any thread.
/// </summary>
public abstract class ScanGroup
{
    public abstract long RowCount { get; }

    /// <summary>Whether its rows are in memory, as long as the view is. Then its blocks may know of columns what it does not.</summary>
    public virtual bool IsResident => false;

    /// <summary>Bounds of <c>_offset</c>.</summary>
    public abstract Zone OffsetZone { get; }

    /// <summary>Bounds of <c>_time</c>.</summary>
    public abstract Zone TimeZone { get; }

    /// <summary>Bounds of a column, in its stored unit; null where nothing is known.</summary>
    public abstract Zone? ZoneOf(int field);

    /// <summary>The blocks. The first look at those of a segment reads its footer.</summary>
    /// <exception cref="StorageException"><see cref="StorageErrorCode.Corruption"/>, with the file.</exception>
    public abstract IReadOnlyList<ScanBlock> Blocks { get; }
}
