namespace Varve.Query;

/// <summary>What one execution asks for.</summary>
public sealed record QuerySettings
{
    public static readonly QuerySettings Default = new();

    /// <summary>A tighter time limit than <see cref="QueryOptions.StatementTimeout"/>; a longer one has no effect.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>False reads every chunk of a stream whatever the conditions: for tests that compare both.</summary>
    internal bool Prune { get; init; } = true;
}
