using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Varve.Query.Native;

/// <summary>
/// Whether the library that was loaded is byte for byte the one that <see cref="DuckDbInternals"/> was read from. Found out once per process, when first
/// asked, which takes some 40 ms. Thread-safe.
/// </summary>
internal static class KnownLibrary
{
    private static readonly Lazy<string?> Found = new(Examine);

    /// <summary>Why it is not; null where it is.</summary>
    public static string? Problem => Found.Value;

    /// <summary>The same of a library in a file.</summary>
    public static string? ProblemOf(string library)
    {
        try
        {
            using FileStream file = File.OpenRead(library);
            string hash = Convert.ToHexStringLower(SHA256.HashData(file));
            return hash == DuckDbInternals.LibrarySha256
                ? null
                : $"{library} is another library: its SHA-256 is {hash}, {DuckDbInternals.LibrarySha256} is expected";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{library} cannot be read: {e.Message}";
        }
    }

    private static string? Examine()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return "its layout is known on Linux x64 alone";
        DuckDbLibrary.Check();
        return LoadedLibrary() is { } library ? ProblemOf(library) : "the file that libduckdb.so was loaded from is not known";
    }

    /// <summary>The file that is mapped, wherever it was found.</summary>
    private static string? LoadedLibrary()
    {
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            int path = line.IndexOf('/');
            if (path > 0 && line.EndsWith("/libduckdb.so", StringComparison.Ordinal))
                return line[path..];
        }

        return null;
    }
}
