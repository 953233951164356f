namespace Varve.Query.Updates;

/// <summary>ALTER TABLE ... ADD COLUMN.</summary>
/// <param name="Stream">Gets the column.</param>
/// <param name="IfExists">Whether a stream that is not there is passed over.</param>
/// <param name="IfNotExists">Whether a column that is there already is left as it is.</param>
/// <param name="Column">The new column.</param>
public sealed record AddColumnStatement(string Stream, bool IfExists, bool IfNotExists, ColumnDefinition Column) : UpdateStatement(Stream);
