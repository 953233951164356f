namespace Varve.Query.Sessions;

/// <summary>A piece of work that waits for a thread. Thread-safe.</summary>
internal abstract class StatementWork
{
    /// <summary>Does the work, or nothing where the wait was ended before. Throws nothing.</summary>
    public abstract void Run();
}
