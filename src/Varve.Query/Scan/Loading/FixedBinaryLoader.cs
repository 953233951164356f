using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Scan.Loading;

/// <summary>fixed_size_binary as BLOB.</summary>
internal sealed unsafe class FixedBinaryLoader(int widthBytes) : ColumnLoader
{
    public override string SqlName => "BLOB";

    public override int RowBytes => sizeof(NativeString);

    public override LogicalTypeHandle CreateType() => DuckDbApi.duckdb_create_logical_type(DuckDbTypeId.Blob);

    protected override void LoadValues(ArrayData array, int from, int count, nint vector, ulong* validity, ScanPins? pins)
    {
        int first = checked((array.Offset + from) * widthBytes);
        if (pins is not null)
        {
            Write(pins.Pin(array, 1) + first, count, vector);
            return;
        }

        ReadOnlySpan<byte> bytes = array.Buffers[1].Span.Slice(first, count * widthBytes);
        fixed (byte* lent = bytes)
            Write(widthBytes > NativeString.InlineBytes ? StringHeap.Copy(vector, bytes) : lent, count, vector);
    }

    private void Write(byte* bytes, int count, nint vector)
    {
        var target = (NativeString*)DuckDbApi.duckdb_vector_get_data(vector);
        for (int i = 0; i < count; i++)
            NativeString.Write(target + i, bytes + ((long)i * widthBytes), widthBytes);
    }
}
