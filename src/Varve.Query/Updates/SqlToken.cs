namespace Varve.Query.Updates;

/// <summary>A piece of a statement: its characters from <paramref name="Start"/> up to <paramref name="End"/>.</summary>
internal readonly record struct SqlToken(SqlTokenKind Kind, int Start, int End);
