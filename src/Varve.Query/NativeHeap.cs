using System.Runtime.InteropServices;

namespace Varve.Query;

/// <summary>
/// The C library's heap, from which DuckDB takes its memory. glibc keeps what was freed, in as many heaps as there are threads, up to eight per core:
/// after some large statements that was twice what SQL may hold. Thread-safe.
/// </summary>
public static partial class NativeHeap
{
    /// <summary>M_ARENA_MAX of glibc (mallopt(3)).</summary>
    private const int ArenaMax = -8;

    /// <summary>
    /// Lets at most so many heaps be made from now on, so that what one thread freed serves the others. For daemons to call once, before threads that
    /// run SQL are started.
    /// </summary>
    /// <exception cref="QueryException">The C library refused.</exception>
    public static void LimitArenas(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        if (mallopt(ArenaMax, count) == 0)
            throw new QueryException(QueryErrorCode.Internal, $"the C library does not take a limit of {count} heaps");
    }

    /// <summary>Gives the system back what was freed. Takes some milliseconds where that is much.</summary>
    public static void Trim() => _ = malloc_trim(0);

    [LibraryImport("libc")]
    private static partial int mallopt(int parameter, int value);

    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint kept);
}
