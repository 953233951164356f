namespace Varve.Client;

/// <summary>How a <see cref="RowWriter{T}"/> gathers rows. Immutable.</summary>
public sealed record RowWriterOptions
{
    /// <summary>A batch goes out when it has that many rows,</summary>
    public int MaxBatchRows { get; init; } = 1_000;

    /// <summary>or when its first row has waited for so long.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(5);
}
