using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Results;

/// <summary>ARRAY as fixed-size list.</summary>
internal sealed unsafe class ArrayColumn(ArrowType type, ResultColumn child, int size) : ResultColumn(type)
{
    public override long SizeBytes => child.SizeBytes;

    public override long MeasureBytes(nint vector, int from, int count) =>
        ((long)count * size * 8) + child.MeasureBytes(DuckDbApi.duckdb_array_vector_get_child(vector), from * size, count * size);

    protected override void AppendValues(nint vector, ulong* validity, int from, int count) =>
        child.Append(DuckDbApi.duckdb_array_vector_get_child(vector), checked(from * size), checked(count * size));

    protected override ArrayData TakeValues(int rowCount, int nullCount, ReadOnlyMemory<byte> validity) =>
        new(Type, rowCount, nullCount, [validity], [child.Take()]);
}
