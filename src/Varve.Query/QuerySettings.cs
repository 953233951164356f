using Varve.Storage;

namespace Varve.Query;

/// <summary>What one execution asks for.</summary>
public sealed record QuerySettings
{
    public static readonly QuerySettings Default = new();

    /// <summary>A tighter time limit than <see cref="QueryOptions.StatementTimeout"/>; a longer one has no effect.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// The moment of the past at which the streams are read; null: now. A position is waited for, and a time must not be in the future.
    /// </summary>
    public AsOf? AsOf { get; init; }

    /// <summary>Gives the streams as the statement sees them; null: as <see cref="AsOf"/> says.</summary>
    internal Func<string, StreamView>? OpenView { get; init; }

    /// <summary>Whether the statement belongs to a read that was let in before, and so is not refused where many wait.</summary>
    internal bool IsLetIn { get; init; }

    /// <summary>False reads every chunk of a stream whatever the conditions: for tests that compare both.</summary>
    internal bool Prune { get; init; } = true;
}
