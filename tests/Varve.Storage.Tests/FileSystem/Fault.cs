namespace Varve.Storage.Tests.FileSystem;

/// <summary>A planned failure.</summary>
/// <param name="At">The number of the operation that fails, among those counted.</param>
/// <param name="Error">Its errno.</param>
/// <param name="ForEver">Whether all later ones fail too.</param>
/// <param name="Call">The call that is counted and fails, such as "fdatasync"; null for all.</param>
internal sealed record Fault(long At, int Error, bool ForEver, string? Call = null)
{
    private long _seen;

    /// <summary>Whether the fault has struck.</summary>
    public bool Struck { get; private set; }

    /// <summary>The errno for an operation, or null if it succeeds.</summary>
    public int? ErrorOf(long number, string call)
    {
        if (Call is not null)
        {
            if (call != Call)
                return null;
            number = ++_seen;
        }

        if (number != At && !(ForEver && number > At))
            return null;
        Struck = true;
        return Error;
    }
}
