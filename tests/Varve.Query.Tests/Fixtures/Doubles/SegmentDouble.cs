using Varve.Arrow;
using Varve.Arrow.Transform;
using Varve.Storage;
using Varve.Storage.Zones;

namespace Varve.Query.Tests.Fixtures.Doubles;

/// <summary>A segment whose rows are in memory, and what was looked at of it.</summary>
internal sealed class SegmentDouble : ScanGroup
{
    private readonly Zone?[] _zones;
    private readonly Lazy<IReadOnlyList<ScanBlock>> _blocks;

    public SegmentDouble(ArrayData[] columns, ArrayData times, long[] offsets, int[] blocks)
    {
        RowCount = offsets.Length;
        _zones = [.. columns.Select(ZoneScan.Of)];
        OffsetZone = new Zone(ZoneValue.Of(offsets.Min()), ZoneValue.Of(offsets.Max()), HasNulls: false);
        TimeZone = ZoneScan.Of(times)!.Value;
        ArrayData?[] coded = [.. columns.Select(DictionaryCoding.TryCode)];
        _blocks = new(() =>
        {
            List<ScanBlock> made = [];
            int at = 0;
            foreach (int rows in blocks)
            {
                int from = at;
                int[] taken = [.. Enumerable.Range(from, rows)];
                made.Add(new BlockDouble(
                    [.. columns.Select(c => IsTail ? c.Slice(from, rows) : ArrayTake.Take(c, taken))],
                    [.. coded.Select(c => c is null ? null : ArrayTake.Take(c, taken))],
                    times.Slice(from, rows),
                    offsets[from..(from + rows)],
                    IsTail));
                at += rows;
            }

            return made;
        });
    }

    /// <summary>Whether its blocks are in memory, and nothing is known of its columns as a whole.</summary>
    public bool IsTail { get; init; }

    /// <summary>Whether its footer was read.</summary>
    public bool IsOpened => _blocks.IsValueCreated;

    public override long RowCount { get; }

    public override Zone OffsetZone { get; }

    public override Zone TimeZone { get; }

    public override IReadOnlyList<ScanBlock> Blocks => _blocks.Value;

    public override bool IsResident => IsTail;

    public override Zone? ZoneOf(int field) => IsTail ? null : _zones[field];
}
