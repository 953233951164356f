namespace Varve.Query.Updates;

/// <summary>A column that is to be made.</summary>
/// <param name="Name">Its name.</param>
/// <param name="SqlType">Its type, as it was written.</param>
/// <param name="IsNullable">False: NOT NULL.</param>
public sealed record ColumnDefinition(string Name, string SqlType, bool IsNullable);
