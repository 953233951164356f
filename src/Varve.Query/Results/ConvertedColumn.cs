using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Results;

/// <summary>Fixed-width values that change their width or form on the way, one by one. Nulls become zero.</summary>
/// <typeparam name="TSource">DuckDB's value.</typeparam>
/// <typeparam name="TTarget">Arrow's value.</typeparam>
/// <typeparam name="TConverter">The conversion, a type of its own so that it is compiled into the loop.</typeparam>
internal sealed unsafe class ConvertedColumn<TSource, TTarget, TConverter>(ArrowType type) : ResultColumn(type)
    where TSource : unmanaged
    where TTarget : unmanaged
    where TConverter : IValueConverter<TSource, TTarget>
{
    private readonly ByteBuffer _values = new();

    public override long SizeBytes => _values.Length;

    protected override void AppendValues(nint vector, ulong* validity, int from, int count)
    {
        var source = (TSource*)DuckDbApi.duckdb_vector_get_data(vector) + from;
        Span<TTarget> target = MemoryMarshal.Cast<byte, TTarget>(_values.Extend((long)count * Unsafe.SizeOf<TTarget>()));
        for (int i = 0; i < target.Length; i++)
            target[i] = IsValid(validity, from + i) ? TConverter.Convert(source[i]) : default;
    }

    protected override ArrayData TakeValues(int rowCount, int nullCount, ReadOnlyMemory<byte> validity) =>
        new(Type, rowCount, nullCount, [validity, _values.Take()]);
}
