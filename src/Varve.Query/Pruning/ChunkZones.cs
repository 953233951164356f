using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Query.Scan;
using Varve.Storage;
using Varve.Storage.Zones;

namespace Varve.Query.Pruning;

/// <summary>
/// The zones of one chunk, found when a condition first asks for them and kept as long as the chunk. Offsets and times need no look at
/// the rows: they never fall. Thread-safe: at worst two threads find the same zone.
/// </summary>
internal sealed class ChunkZones(ViewChunk chunk)
{
    private static readonly ConditionalWeakTable<ViewChunk, ChunkZones> Known = [];

    private readonly Found?[] _found = new Found?[chunk.Columns.Count];

    public int RowCount => chunk.RowCount;

    /// <summary>The zones of a chunk that many views share; those of a stream's last chunk, made anew for each view, are not worth keeping.</summary>
    public static ChunkZones Of(ViewChunk chunk) => Known.GetValue(chunk, c => new ChunkZones(c));

    /// <summary>Null where nothing is known.</summary>
    public Zone? Of(ScanColumn column) => column.Kind switch
    {
        ScanColumnKind.Offset => new Zone(ZoneValue.Of(chunk.FirstOffset), ZoneValue.Of(chunk.FirstOffset + chunk.RowCount - 1), HasNulls: false),
        ScanColumnKind.Time => new Zone(
            ZoneValue.Of(ReadTime(0)), ZoneValue.Of(ReadTime(chunk.RowCount - 1)), HasNulls: false),
        ScanColumnKind.Stored => (_found[column.Field] ??= new Found(SqlZone.Of(chunk.Columns[column.Field]))).Zone,
        _ => null,
    };

    private long ReadTime(int row)
    {
        ArrayData times = chunk.Time;
        return MemoryMarshal.Read<long>(times.Buffers[1].Span[((times.Offset + row) * sizeof(long))..]);
    }

    private sealed record Found(Zone? Zone);
}
