using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Scan.Loading;

/// <summary>Values that Arrow and DuckDB lay out alike: one copy of memory.</summary>
internal sealed unsafe class FixedLoader(DuckDbTypeId type, string sqlName, int widthBytes) : ColumnLoader
{
    public override string SqlName => sqlName;

    public override int RowBytes => widthBytes;

    public override LogicalTypeHandle CreateType() => DuckDbApi.duckdb_create_logical_type(type);

    public override ValueHandle? CreateBound(Int128 stored) => type switch
    {
        DuckDbTypeId.Float or DuckDbTypeId.Double => null,
        DuckDbTypeId.UTinyInt => DuckDbApi.duckdb_create_uint8(checked((byte)stored)),
        DuckDbTypeId.USmallInt => DuckDbApi.duckdb_create_uint16(checked((ushort)stored)),
        DuckDbTypeId.UInteger => DuckDbApi.duckdb_create_uint32(checked((uint)stored)),
        DuckDbTypeId.UBigInt => DuckDbApi.duckdb_create_uint64(checked((ulong)stored)),
        _ => widthBytes switch
        {
            1 => DuckDbApi.duckdb_create_int8(checked((sbyte)stored)),
            2 => DuckDbApi.duckdb_create_int16(checked((short)stored)),
            4 => DuckDbApi.duckdb_create_int32(checked((int)stored)),
            _ => DuckDbApi.duckdb_create_int64(checked((long)stored)),
        },
    };

    protected override void LoadValues(ArrayData array, int from, int count, nint vector, ulong* validity, ScanPins? pins)
    {
        int bytes = count * widthBytes;
        ReadOnlySpan<byte> source = array.Buffers[1].Span.Slice((array.Offset + from) * widthBytes, bytes);
        source.CopyTo(new Span<byte>(DuckDbApi.duckdb_vector_get_data(vector), bytes));
    }

    protected override void GatherValues(ArrayData array, ReadOnlySpan<int> rows, nint vector, ulong* validity, ScanPins? pins)
    {
        ReadOnlySpan<byte> source = array.Buffers[1].Span.Slice(array.Offset * widthBytes, array.Length * widthBytes);
        void* target = DuckDbApi.duckdb_vector_get_data(vector);
        switch (widthBytes)
        {
            case 1:
                Gather(source, rows, (byte*)target);
                break;
            case 2:
                Gather(MemoryMarshal.Cast<byte, ushort>(source), rows, (ushort*)target);
                break;
            case 4:
                Gather(MemoryMarshal.Cast<byte, uint>(source), rows, (uint*)target);
                break;
            default:
                Gather(MemoryMarshal.Cast<byte, ulong>(source), rows, (ulong*)target);
                break;
        }
    }

    private static void Gather<T>(ReadOnlySpan<T> source, ReadOnlySpan<int> rows, T* target)
        where T : unmanaged
    {
        for (int i = 0; i < rows.Length; i++)
            target[i] = source[rows[i]];
    }
}
