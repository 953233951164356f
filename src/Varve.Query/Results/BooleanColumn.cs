using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Results;

/// <summary>Booleans: a byte each in DuckDB, a bit each in Arrow.</summary>
internal sealed unsafe class BooleanColumn() : ResultColumn(ArrowTypes.Boolean)
{
    private readonly ByteBuffer _bits = new();

    public override long SizeBytes => _bits.Length;

    protected override void AppendValues(nint vector, ulong* validity, int from, int count)
    {
        byte* source = (byte*)DuckDbApi.duckdb_vector_get_data(vector) + from;
        _bits.Extend(Bitmap.ByteCount(RowCount + count) - _bits.Length).Clear();
        Span<byte> bits = _bits.Written;
        for (int i = 0; i < count; i++)
        {
            int at = RowCount + i;
            bits[at >> 3] |= (byte)((source[i] & 1) << (at & 7));
        }
    }

    protected override ArrayData TakeValues(int rowCount, int nullCount, ReadOnlyMemory<byte> validity) =>
        new(Type, rowCount, nullCount, [validity, _bits.Take()]);
}
