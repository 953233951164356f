using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Results;

/// <summary>STRUCT as struct.</summary>
internal sealed unsafe class StructColumn(ArrowType type, ResultColumn[] children) : ResultColumn(type)
{
    public override long SizeBytes => children.Sum(c => c.SizeBytes);

    public override long MeasureBytes(nint vector, int from, int count)
    {
        long total = 0;
        for (int i = 0; i < children.Length; i++)
            total += children[i].MeasureBytes(DuckDbApi.duckdb_struct_vector_get_child(vector, (ulong)i), from, count);
        return total;
    }

    protected override void AppendValues(nint vector, ulong* validity, int from, int count)
    {
        for (int i = 0; i < children.Length; i++)
            children[i].Append(DuckDbApi.duckdb_struct_vector_get_child(vector, (ulong)i), from, count);
    }

    protected override ArrayData TakeValues(int rowCount, int nullCount, ReadOnlyMemory<byte> validity) =>
        new(Type, rowCount, nullCount, [validity], [.. children.Select(c => c.Take())]);
}
