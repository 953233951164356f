using System.Globalization;
using System.Runtime.InteropServices;

namespace Varve.Query;

/// <summary>
/// A limit on the memory of the whole process, as a backstop behind <see cref="QueryOptions.MemoryLimitBytes"/>: DuckDB counts what its
/// operators hold, but not the vectors that expressions fill. <c>SELECT range(4000000000)</c> asks for 32 GiB at once; behind this limit that is an
/// OutOfMemory error of the statement, without it the end of the process. For daemons to set once, when they start.
/// </summary>
public static partial class ProcessMemoryLimit
{
    /// <summary>
    /// RLIMIT_DATA of Linux (setrlimit(2)): private writable memory. Memory that is only reserved, as .NET's heap is, does not count.
    /// </summary>
    private const int DataLimit = 2;

    /// <summary>Lowers the limit to <paramref name="bytes"/>; a lower one that is set already stays. Returns the limit that holds now.</summary>
    /// <exception cref="QueryException">The system refused.</exception>
    public static long Lower(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        if (getrlimit(DataLimit, out Limit limit) != 0)
            throw Failed("getrlimit");
        if (limit.Soft > (ulong)bytes)
        {
            limit = limit with { Soft = (ulong)bytes };
            if (setrlimit(DataLimit, in limit) != 0)
                throw Failed("setrlimit");
        }

        return (long)limit.Soft;
    }

    /// <summary>What counts against the limit now: writable memory, touched or not, the stacks of threads included.</summary>
    public static long UsedBytes()
    {
        const string data = "VmData:";
        string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(data, StringComparison.Ordinal));
        return 1024 * long.Parse(line.AsSpan()[data.Length..].TrimEnd(" kB"), CultureInfo.InvariantCulture);
    }

    private static QueryException Failed(string call) => new(
        QueryErrorCode.Internal, $"the limit on the memory of the process cannot be set: {call} failed with error {Marshal.GetLastPInvokeError()}");

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrlimit(int resource, out Limit limit);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setrlimit(int resource, in Limit limit);

    /// <summary>struct rlimit of a 64-bit system.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Limit(ulong Soft, ulong Hard);
}
