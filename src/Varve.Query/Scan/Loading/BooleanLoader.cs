using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Scan.Loading;

/// <summary>Booleans: a bit each in Arrow, a byte each in DuckDB.</summary>
internal sealed unsafe class BooleanLoader : ColumnLoader
{
    public override string SqlName => "BOOLEAN";

    public override int RowBytes => 1;

    public override LogicalTypeHandle CreateType() => DuckDbApi.duckdb_create_logical_type(DuckDbTypeId.Boolean);

    protected override void LoadValues(ArrayData array, int from, int count, nint vector, ulong* validity, ScanPins? pins)
    {
        ReadOnlySpan<byte> bits = array.Buffers[1].Span;
        byte* target = (byte*)DuckDbApi.duckdb_vector_get_data(vector);
        int bit = array.Offset + from;
        int i = 0;
        if ((bit & 7) == 0)
        {
            ReadOnlySpan<byte> whole = bits.Slice(bit >> 3, count >> 3);
            for (int j = 0; j < whole.Length; j++)
                ((ulong*)target)[j] = Spread(whole[j]);
            i = count & ~7;
        }

        for (; i < count; i++)
            target[i] = Bitmap.IsSet(bits, bit + i) ? (byte)1 : (byte)0;
    }

    /// <summary>Bit i of a byte as byte i, 0 or 1: keep bit i in byte i, then turn any bit into the lowest.</summary>
    private static ulong Spread(byte bits)
    {
        ulong kept = (bits * 0x0101010101010101UL) & 0x8040201008040201UL;
        return ((kept + 0x7F7F7F7F7F7F7F7FUL) >> 7) & 0x0101010101010101UL;
    }
}
