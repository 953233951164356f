using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Results;

/// <summary>VARCHAR as utf8, BLOB as binary.</summary>
internal sealed unsafe class TextColumn(ArrowType type) : ResultColumn(type)
{
    private readonly ByteBuffer _offsets = new();
    private readonly ByteBuffer _bytes = new();

    public override long SizeBytes => _offsets.Length + (long)_bytes.Length;

    public override long MeasureBytes(nint vector, int from, int count)
    {
        var strings = (NativeString*)DuckDbApi.duckdb_vector_get_data(vector) + from;
        ulong* validity = DuckDbApi.duckdb_vector_get_validity(vector);
        long total = 0;
        for (int i = 0; i < count; i++)
            total += IsValid(validity, from + i) ? strings[i].Length : 0;
        return total;
    }

    protected override void AppendValues(nint vector, ulong* validity, int from, int count)
    {
        var strings = (NativeString*)DuckDbApi.duckdb_vector_get_data(vector) + from;
        int at = _bytes.Length;
        Span<byte> target = _bytes.Extend(MeasureBytes(vector, from, count));
        if (_offsets.Length == 0)
            _offsets.Extend(sizeof(int)).Clear();
        Span<int> offsets = MemoryMarshal.Cast<byte, int>(_offsets.Extend((long)count * sizeof(int)));
        int used = 0;
        for (int i = 0; i < offsets.Length; i++)
        {
            if (IsValid(validity, from + i))
            {
                ReadOnlySpan<byte> text = NativeString.Text(strings + i);
                text.CopyTo(target[used..]);
                used += text.Length;
            }

            offsets[i] = at + used;
        }
    }

    protected override ArrayData TakeValues(int rowCount, int nullCount, ReadOnlyMemory<byte> validity)
    {
        if (_offsets.Length == 0)
            _offsets.Extend(sizeof(int)).Clear();
        return new ArrayData(Type, rowCount, nullCount, [validity, _offsets.Take(), _bytes.Take()]);
    }
}
