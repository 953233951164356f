using Varve.Arrow;
using Varve.Storage.Zones;

namespace Varve.Storage;

/// <summary>
/// Rows of a view that are scanned and pruned together: a block of a segment or a chunk of the tail. In a clustered segment they stand in the order
/// of its cluster columns, so a block's offsets need not follow one another. Immutable; any thread.
/// </summary>
public abstract class ScanBlock
{
    /// <summary>1 to 65,536.</summary>
    public abstract int RowCount { get; }

    /// <summary>
    /// Whether its columns are in memory, as long as the view is. Else a look at one reads and decodes it, into memory that is lent.
    /// </summary>
    public virtual bool IsResident => false;

    /// <summary>Bounds of <c>_offset</c>.</summary>
    public abstract Zone OffsetZone { get; }

    /// <summary>Bounds of <c>_time</c>.</summary>
    public abstract Zone TimeZone { get; }

    /// <summary>Bounds of a column, in its stored unit; null where nothing is known. Reads no page.</summary>
    public abstract Zone? ZoneOf(int field);

    /// <summary>
    /// False only where surely no row of the block has the value: by the column's dictionary, or by a Bloom filter where the block has one. For
    /// values of kind <see cref="ZoneKind.Bytes"/> and <see cref="ZoneKind.Whole"/>. Reads no rows, but a dictionary or a part of a filter where it
    /// is not at hand.
    /// </summary>
    public virtual bool MayHold(int field, ZoneValue value) => true;

    /// <summary>
    /// A column's values. Text and binary may come dictionary-encoded (<see cref="DictionaryType"/> with uint16 or int32 codes): all blocks of a
    /// segment then share one <see cref="ArrayData.Dictionary"/>, whose values are distinct and in the order of their bytes, so that what was found
    /// out about its values may be kept for the next block. All else is plain.
    /// </summary>
    /// <param name="field">The place in the view's schema.</param>
    /// <param name="buffers">Lends the memory: the array is valid until <see cref="BlockBuffers.Reset"/>. Null: memory of its own.</param>
    /// <exception cref="StorageException"><see cref="StorageErrorCode.Corruption"/>, with file, page and column.</exception>
    public abstract ArrayData Column(int field, BlockBuffers? buffers);

    /// <summary><c>_offset</c>, int64. Lent as in <see cref="Column"/>.</summary>
    public abstract ArrayData Offsets(BlockBuffers? buffers);

    /// <summary>The first offset where the rows' offsets follow one another, else null and <see cref="Offsets"/> tells.</summary>
    public abstract long? FirstOffset { get; }

    /// <summary><c>_time</c>, timestamp in microseconds, UTC. Lent as in <see cref="Column"/>.</summary>
    public abstract ArrayData Times(BlockBuffers? buffers);
}
