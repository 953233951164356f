using System.Runtime.InteropServices;

namespace Varve.Query.Native;

/// <summary>
/// DuckDB starts its workers with the process's default stack size, which the shell's limit decides (2 MB where it is unlimited).
/// Deeply nested SQL needs more, and a stack that overflows ends the process: while a database is opened the default is raised.
/// </summary>
internal static unsafe partial class WorkerStacks
{
    /// <summary>Address space, not memory: only pages that are touched count.</summary>
    public const int StackBytes = 16 << 20;

    /// <summary>sizeof(pthread_attr_t) of glibc is 56 on x86-64 and 64 on arm64.</summary>
    private const int AttributeBytes = 64;

    /// <summary>Runs <paramref name="start"/>; threads that it starts have stacks of <see cref="StackBytes"/>.</summary>
    public static T WithDeepStacks<T>(Func<T> start)
    {
        byte* attributes = stackalloc byte[AttributeBytes];
        Check(pthread_getattr_default_np(attributes), nameof(pthread_getattr_default_np));
        Check(pthread_attr_getstacksize(attributes, out nuint before), nameof(pthread_attr_getstacksize));
        Check(pthread_attr_setstacksize(attributes, StackBytes), nameof(pthread_attr_setstacksize));
        Check(pthread_setattr_default_np(attributes), nameof(pthread_setattr_default_np));
        try
        {
            return start();
        }
        finally
        {
            Check(pthread_attr_setstacksize(attributes, before), nameof(pthread_attr_setstacksize));
            Check(pthread_setattr_default_np(attributes), nameof(pthread_setattr_default_np));
        }
    }

    private static void Check(int error, string call)
    {
        if (error != 0)
            throw new QueryException(QueryErrorCode.Internal, $"{call} failed with error {error}: the stack size of query threads cannot be set");
    }

    [LibraryImport("libc")]
    private static partial int pthread_getattr_default_np(byte* attributes);

    [LibraryImport("libc")]
    private static partial int pthread_setattr_default_np(byte* attributes);

    [LibraryImport("libc")]
    private static partial int pthread_attr_getstacksize(byte* attributes, out nuint bytes);

    [LibraryImport("libc")]
    private static partial int pthread_attr_setstacksize(byte* attributes, nuint bytes);
}
