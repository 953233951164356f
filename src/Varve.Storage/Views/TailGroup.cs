using Varve.Storage.Zones;

namespace Varve.Storage.Views;

/// <summary>The tail of a view, for scans. Its chunks know their own zones, so it leaves all pruning to them.</summary>
internal sealed class TailGroup(IReadOnlyList<TailBlock> blocks) : ScanGroup
{
    public override bool IsResident => true;

    public override long RowCount => blocks.Sum(b => (long)b.RowCount);

    public override Zone OffsetZone => new(blocks[0].OffsetZone.Least, blocks[^1].OffsetZone.Greatest, HasNulls: false);

    public override Zone TimeZone => new(blocks[0].TimeZone.Least, blocks[^1].TimeZone.Greatest, HasNulls: false);

    public override IReadOnlyList<ScanBlock> Blocks => blocks;

    public override Zone? ZoneOf(int field) => null;
}
