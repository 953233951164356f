namespace Varve.Query.Scan.Loading;

/// <summary>
/// Bounds what columns of type ARRAY may take: DuckDB gives each vector of them room for all elements of 2048 rows at once, whatever is asked of it,
/// and counts that to no limit. One per schema, in the order of its columns. For one thread.
/// </summary>
internal sealed class ArrayBudget
{
    /// <summary>One column: 32 MiB per vector. Enough for 4096 floats.</summary>
    private const int ColumnRowBytesMax = 16 << 10;

    /// <summary>All columns together: 128 MiB per chunk.</summary>
    private int _rowBytesLeft = 64 << 10;

    /// <summary>False where the column has to be a LIST.</summary>
    public bool TryTake(long rowBytes)
    {
        if (rowBytes > ColumnRowBytesMax || rowBytes > _rowBytesLeft)
            return false;
        _rowBytesLeft -= (int)rowBytes;
        return true;
    }
}
