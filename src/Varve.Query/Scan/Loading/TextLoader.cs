using System.Numerics;
using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Scan.Loading;

/// <summary>Texts and blobs that lie in one buffer behind offsets: string structs that point into the buffer, which is not copied.</summary>
/// <typeparam name="TOffset">int, or long for the large types.</typeparam>
internal sealed unsafe class TextLoader<TOffset>(DuckDbTypeId type, string sqlName) : ColumnLoader
    where TOffset : unmanaged, IBinaryInteger<TOffset>
{
    public override string SqlName => sqlName;

    public override int RowBytes => sizeof(NativeString);

    public override LogicalTypeHandle CreateType() => DuckDbApi.duckdb_create_logical_type(type);

    protected override void LoadValues(ArrayData array, int from, int count, nint vector, ulong* validity, ScanPins pins)
    {
        ReadOnlySpan<TOffset> offsets = MemoryMarshal.Cast<byte, TOffset>(array.Buffers[1].Span).Slice(array.Offset + from, count + 1);
        byte* bytes = pins.Pin(array, 2);
        long readableEnd = array.Buffers[2].Length - NativeString.InlineBytes;
        var target = (NativeString*)DuckDbApi.duckdb_vector_get_data(vector);
        long start = long.CreateTruncating(offsets[0]);
        for (int i = 0; i < count; i++)
        {
            long end = long.CreateTruncating(offsets[i + 1]);
            if (start <= readableEnd)
                NativeString.WriteReadable(target + i, bytes + start, (int)(end - start));
            else
                NativeString.Write(target + i, bytes + start, (int)(end - start));
            start = end;
        }
    }
}
