namespace Varve.Query.Updates;

/// <summary>CREATE TABLE.</summary>
/// <param name="Stream">The new stream.</param>
/// <param name="IfNotExists">Whether one that is there already is left as it is.</param>
/// <param name="Columns">Its columns; empty where they are those of a query.</param>
/// <param name="Query">Gives columns and rows; null: none.</param>
public sealed record CreateStreamStatement(string Stream, bool IfNotExists, IReadOnlyList<ColumnDefinition> Columns, string? Query)
    : UpdateStatement(Stream);
