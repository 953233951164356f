namespace Varve.Query;

/// <summary>A statement that failed. The message is the engine's own, with the line and the place in it where it has them.</summary>
public sealed class QueryException(QueryErrorCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    public QueryErrorCode Code { get; } = code;
}
