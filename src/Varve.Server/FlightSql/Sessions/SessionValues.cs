namespace Varve.Server.FlightSql.Sessions;

/// <summary>What a client has set for its statements; null: not set. Immutable.</summary>
internal sealed record SessionValues
{
    public static readonly SessionValues None = new();

    /// <summary>Shorter than the daemon's own limit, which holds in any case.</summary>
    public TimeSpan? StatementTimeout { get; init; }

    /// <summary>The log position that statements see at least.</summary>
    public long? MinPosition { get; init; }
}
