using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Storage;
using Varve.Storage.Zones;

namespace Varve.Query.Tests.Fixtures.Doubles;

/// <summary>A block whose rows are in memory. Where it stands for one of a segment, it lends copies of them, as one that decodes does.</summary>
internal sealed class BlockDouble(ArrayData[] plain, ArrayData?[] coded, ArrayData times, long[] offsets, bool isResident) : ScanBlock
{
    private readonly Lazy<HashSet<string>>[] _values = [.. plain.Select(c => new Lazy<HashSet<string>>(() => ValuesOf(c)))];

    private readonly Lazy<Zone?>[] _zones = [.. plain.Select(c => new Lazy<Zone?>(() => ZoneScan.Of(c)))];

    public override int RowCount => offsets.Length;

    public override bool IsResident => isResident;

    public override Zone OffsetZone { get; } = new(ZoneValue.Of(offsets.Min()), ZoneValue.Of(offsets.Max()), HasNulls: false);

    public override Zone TimeZone { get; } = ZoneScan.Of(times)!.Value;

    public override long? FirstOffset => offsets[^1] - offsets[0] == offsets.Length - 1 && IsRising ? offsets[0] : null;

    private bool IsRising { get; } = offsets.AsSpan(1).ToArray().Zip(offsets).All(p => p.First == p.Second + 1);

    public override Zone? ZoneOf(int field) => _zones[field].Value;

    public override bool MayHold(int field, ZoneValue value) =>
        value.Kind != ZoneKind.Bytes || _values[field].Value.Contains(Convert.ToHexString(value.Bytes));

    public override ArrayData Column(int field, BlockBuffers? buffers)
    {
        ArrayData array = (isResident ? null : coded[field]) ?? plain[field];
        return isResident || buffers is null ? array : LentCopy.Of(array, buffers);
    }

    public override ArrayData Times(BlockBuffers? buffers) => buffers is null ? times : LentCopy.Of(times, buffers);

    public override ArrayData Offsets(BlockBuffers? buffers)
    {
        var array = new ArrayData(ArrowTypes.Int64, offsets.Length, 0, [default, MemoryMarshal.AsBytes(offsets.AsSpan()).ToArray()]);
        return buffers is null ? array : LentCopy.Of(array, buffers);
    }

    private static HashSet<string> ValuesOf(ArrayData array) =>
        [.. Enumerable.Range(0, array.Length).Where(r => !array.IsNull(r)).Select(r => Convert.ToHexString(ArrayReader.GetBytes(array, r)))];
}
