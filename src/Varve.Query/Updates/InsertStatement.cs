namespace Varve.Query.Updates;

/// <summary>INSERT INTO: an append.</summary>
/// <param name="Stream">Where the rows go.</param>
/// <param name="Columns">Which columns they have, in this order; null: all of the stream's.</param>
/// <param name="IsByName">Whether the query's columns find theirs by name instead of by place.</param>
/// <param name="Rows">What stands in VALUES, row by row; null where the rows come from a query.</param>
/// <param name="Query">Gives the rows; empty where they stand in VALUES.</param>
public sealed record InsertStatement(
    string Stream, IReadOnlyList<string>? Columns, bool IsByName, IReadOnlyList<IReadOnlyList<string>>? Rows, string Query) : UpdateStatement(Stream);
