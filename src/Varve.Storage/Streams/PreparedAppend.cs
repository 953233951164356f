namespace Varve.Storage.Streams;

/// <summary>A batch that fits its stream: checked, reserved for, and encoded in one part or several. Owned by one thread at a time.</summary>
internal sealed class PreparedAppend(ColumnProjection columns, AppendPart[] parts, int rowCount, long sizeBytes, long reservedBytes)
{
    public ColumnProjection Columns { get; } = columns;

    public AppendPart[] Parts { get; } = parts;

    public int RowCount { get; } = rowCount;

    /// <summary>What the rows weigh (<see cref="RowSize"/>).</summary>
    public long SizeBytes { get; } = sizeBytes;

    /// <summary>What is to be given back to the memory budget.</summary>
    public long ReservedBytes { get; } = reservedBytes;

    /// <summary>Gives the encoded bytes back. May be called again.</summary>
    public void ReleaseEncoded()
    {
        for (int i = 0; i < Parts.Length; i++)
            Parts[i].Encoded.Release();
    }
}
