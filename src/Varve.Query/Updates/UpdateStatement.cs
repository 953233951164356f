namespace Varve.Query.Updates;

/// <summary>A statement that changes something. It is taken apart, not checked against the streams. Immutable.</summary>
/// <param name="Stream">The stream's name as it was written; SQL's names do not differ by case alone.</param>
public abstract record UpdateStatement(string Stream);
