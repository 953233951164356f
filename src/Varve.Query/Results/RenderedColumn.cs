using System.Buffers.Binary;
using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Results;

/// <summary>Values that leave as text because Arrow has no type of their own: UUID and ENUM.</summary>
internal abstract unsafe class RenderedColumn() : ResultColumn(ArrowTypes.Utf8)
{
    private readonly ByteBuffer _offsets = new();
    private readonly ByteBuffer _bytes = new();

    public override long SizeBytes => _offsets.Length + (long)_bytes.Length;

    protected abstract ReadOnlySpan<byte> Render(void* values, int row);

    protected override void AppendValues(nint vector, ulong* validity, int from, int count)
    {
        void* values = DuckDbApi.duckdb_vector_get_data(vector);
        if (_offsets.Length == 0)
            AppendOffset();
        for (int i = from; i < from + count; i++)
        {
            if (IsValid(validity, i))
            {
                ReadOnlySpan<byte> text = Render(values, i);
                text.CopyTo(_bytes.Extend(text.Length));
            }

            AppendOffset();
        }
    }

    protected override ArrayData TakeValues(int rowCount, int nullCount, ReadOnlyMemory<byte> validity)
    {
        if (_offsets.Length == 0)
            AppendOffset();
        return new ArrayData(Type, rowCount, nullCount, [validity, _offsets.Take(), _bytes.Take()]);
    }

    private void AppendOffset() => BinaryPrimitives.WriteInt32LittleEndian(_offsets.Extend(sizeof(int)), _bytes.Length);
}
