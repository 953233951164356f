namespace Varve.Arrow;

/// <summary>
/// Arrow data that is damaged, that does not fit what was expected, or that uses something Varve does not read. The message says what was
/// being read, where (message, column, buffer, row), what was expected and what was found. The data is at fault, never the process.
/// </summary>
public sealed class ArrowFormatException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The row at fault, counted from 0 in its batch or text, where one row of a column that is not nested is.</summary>
    public int? RowIndex { get; init; }

    /// <summary>Whether the data may be sound and is only more than the reader was told to take.</summary>
    public bool IsBeyondLimit { get; init; }
}
