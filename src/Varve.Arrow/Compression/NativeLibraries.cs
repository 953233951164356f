using System.Reflection;
using System.Runtime.InteropServices;

namespace Varve.Arrow.Compression;

/// <summary>
/// Finds the system's libzstd and liblz4 by the names that are there without development packages, or at the path that LIBZSTD_PATH or
/// LIBLZ4_PATH gives. Any number of threads.
/// </summary>
internal static class NativeLibraries
{
    public const string Zstd = "varve-zstd";
    public const string Lz4 = "varve-lz4";

    private static readonly Lazy<bool> Registration = new(() =>
    {
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
        return true;
    });

    /// <summary>Makes the imports of this assembly go through here; only one resolver may be set per assembly.</summary>
    public static void Register() => _ = Registration.Value;

    /// <exception cref="DllNotFoundException">None of the candidates can be loaded; the message says which package brings them.</exception>
    public static nint Load(string product, string package, string? overridePath, ReadOnlySpan<string> candidates)
    {
        ReadOnlySpan<string> names = overridePath is null ? candidates : [overridePath];
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, out nint handle))
                return handle;
        }

        throw new DllNotFoundException(
            $"{product} is not installed (looked for {string.Join(", ", names.ToArray())}). Install it with: apt-get install {package}");
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name switch
    {
        Zstd => Load("zstd", "libzstd1", Environment.GetEnvironmentVariable("LIBZSTD_PATH"), Names("zstd", 1)),
        Lz4 => Load("lz4", "liblz4-1", Environment.GetEnvironmentVariable("LIBLZ4_PATH"), Names("lz4", 1)),
        _ => 0,
    };

    private static string[] Names(string library, int version)
    {
        if (OperatingSystem.IsWindows())
            return [$"lib{library}.dll", $"{library}.dll"];
        return OperatingSystem.IsMacOS()
            ? [$"lib{library}.{version}.dylib", $"/opt/homebrew/lib/lib{library}.{version}.dylib", $"/usr/local/lib/lib{library}.{version}.dylib"]
            : [$"lib{library}.so.{version}"];
    }
}
