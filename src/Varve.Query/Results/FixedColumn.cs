using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Results;

/// <summary>Values that DuckDB and Arrow lay out alike: integers, floats, dates, times and timestamps.</summary>
internal sealed unsafe class FixedColumn(ArrowType type) : ResultColumn(type)
{
    private readonly ByteBuffer _values = new();
    private readonly int _widthBytes = type.ByteWidth;

    public override long SizeBytes => _values.Length;

    protected override void AppendValues(nint vector, ulong* validity, int from, int count)
    {
        byte* source = (byte*)DuckDbApi.duckdb_vector_get_data(vector) + ((long)from * _widthBytes);
        long bytes = (long)count * _widthBytes;
        Span<byte> target = _values.Extend(bytes);
        new ReadOnlySpan<byte>(source, target.Length).CopyTo(target);
        if (validity != null)
            ClearNulls(target, validity, from, count);
    }

    protected override ArrayData TakeValues(int rowCount, int nullCount, ReadOnlyMemory<byte> validity) =>
        new(Type, rowCount, nullCount, [validity, _values.Take()]);

    /// <summary>The place of a null holds whatever DuckDB's memory held before: it must not leave.</summary>
    private void ClearNulls(Span<byte> values, ulong* validity, int from, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (!IsValid(validity, from + i))
                values.Slice(i * _widthBytes, _widthBytes).Clear();
        }
    }
}
