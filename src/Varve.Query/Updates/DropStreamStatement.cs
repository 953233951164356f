namespace Varve.Query.Updates;

/// <summary>DROP TABLE.</summary>
/// <param name="Stream">What is dropped.</param>
/// <param name="IfExists">Whether a stream that is not there is passed over.</param>
public sealed record DropStreamStatement(string Stream, bool IfExists) : UpdateStatement(Stream);
