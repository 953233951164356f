using Varve.Storage.Zones;

namespace Varve.Storage.Views;

/// <summary>A group without the rows from an offset on. The bounds of the whole group are true of its parts too. Any thread.</summary>
internal sealed class CutGroup(IReadOnlyList<CutBlock> blocks, ScanGroup whole) : ScanGroup
{
    public override long RowCount => blocks.Sum(b => (long)b.RowCount);

    public override Zone OffsetZone => new(blocks[0].OffsetZone.Least, blocks[^1].OffsetZone.Greatest, HasNulls: false);

    public override Zone TimeZone => whole.TimeZone;

    public override IReadOnlyList<ScanBlock> Blocks => blocks;

    public override Zone? ZoneOf(int field) => whole.ZoneOf(field);
}
