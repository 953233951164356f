using Varve.Arrow;
using Varve.Query.Native;

namespace Varve.Query.Results;

/// <summary>
/// One column of a result while a batch of it is built: rows of DuckDB's vectors are appended, then handed over as an Arrow array.
/// Reading the vectors directly joins 2048-row chunks into one batch with one copy. Not thread-safe.
/// </summary>
internal abstract unsafe class ResultColumn(ArrowType type)
{
    private readonly ValidityBuffer _validity = new();
    private int _rowCount;

    public ArrowType Type { get; } = type;

    protected int RowCount => _rowCount;

    /// <summary>About what the rows so far take, without validity.</summary>
    public abstract long SizeBytes { get; }

    /// <summary>About what rows of a vector would add; counts only what can be large.</summary>
    public virtual long MeasureBytes(nint vector, int from, int count) => 0;

    public void Append(nint vector, int from, int count)
    {
        ulong* validity = DuckDbApi.duckdb_vector_get_validity(vector);
        _validity.Append(validity, from, count);
        AppendValues(vector, validity, from, count);
        _rowCount += count;
    }

    /// <summary>Hands the rows over and starts anew.</summary>
    public ArrayData Take()
    {
        int rows = _rowCount;
        int nulls = _validity.NullCount;
        ReadOnlyMemory<byte> validity = _validity.Take();
        _rowCount = 0;
        return TakeValues(rows, nulls, validity);
    }

    /// <param name="vector">A flat vector.</param>
    /// <param name="validity">Its validity words, or null.</param>
    /// <param name="from">The first row.</param>
    /// <param name="count">Rows.</param>
    protected abstract void AppendValues(nint vector, ulong* validity, int from, int count);

    protected abstract ArrayData TakeValues(int rowCount, int nullCount, ReadOnlyMemory<byte> validity);

    protected static bool IsValid(ulong* validity, int row) => validity == null || (validity[row >> 6] >> (row & 63) & 1) != 0;
}
