using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Results;

/// <summary>LIST as list, MAP (which DuckDB keeps as a list of structs) as map.</summary>
internal sealed unsafe class ListColumn(ArrowType type, ResultColumn child) : ResultColumn(type)
{
    private readonly ByteBuffer _offsets = new();
    private int _childRowCount;

    public override long SizeBytes => _offsets.Length + child.SizeBytes;

    public override long MeasureBytes(nint vector, int from, int count)
    {
        var entries = (NativeListEntry*)DuckDbApi.duckdb_vector_get_data(vector);
        ulong* validity = DuckDbApi.duckdb_vector_get_validity(vector);
        nint elements = DuckDbApi.duckdb_list_vector_get_child(vector);
        long total = 0;
        for (int i = from; i < from + count; i++)
        {
            if (!IsValid(validity, i) || entries[i].Length == 0)
                continue;
            total += ((long)entries[i].Length * 8) + child.MeasureBytes(elements, (int)entries[i].Offset, (int)entries[i].Length);
        }

        return total;
    }

    protected override void AppendValues(nint vector, ulong* validity, int from, int count)
    {
        var entries = (NativeListEntry*)DuckDbApi.duckdb_vector_get_data(vector);
        nint elements = DuckDbApi.duckdb_list_vector_get_child(vector);
        if (_offsets.Length == 0)
            _offsets.Extend(sizeof(int)).Clear();
        Span<int> offsets = MemoryMarshal.Cast<byte, int>(_offsets.Extend((long)count * sizeof(int)));

        // Lists that lie one behind the other, as they nearly always do, are appended in one go.
        ulong runStart = 0;
        ulong runLength = 0;
        for (int i = 0; i < offsets.Length; i++)
        {
            NativeListEntry entry = IsValid(validity, from + i) ? entries[from + i] : default;
            if (entry.Length > 0)
            {
                if (entry.Offset != runStart + runLength)
                {
                    AppendElements(elements, runStart, runLength);
                    (runStart, runLength) = (entry.Offset, 0);
                }

                runLength += entry.Length;
                _childRowCount = checked(_childRowCount + (int)entry.Length);
            }

            offsets[i] = _childRowCount;
        }

        AppendElements(elements, runStart, runLength);
    }

    protected override ArrayData TakeValues(int rowCount, int nullCount, ReadOnlyMemory<byte> validity)
    {
        if (_offsets.Length == 0)
            _offsets.Extend(sizeof(int)).Clear();
        _childRowCount = 0;
        return new ArrayData(Type, rowCount, nullCount, [validity, _offsets.Take()], [child.Take()]);
    }

    private void AppendElements(nint elements, ulong start, ulong length)
    {
        if (length > 0)
            child.Append(elements, (int)start, (int)length);
    }
}
