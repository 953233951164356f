using System.Runtime.CompilerServices;

namespace Varve.Benchmarks;

/// <summary>The folder beside the checkout that holds data sets and the statements that all benchmarks of SQL use.</summary>
internal static class SharedFolder
{
    private static readonly string Folder = Find();

    public static string File(params string[] parts) => Path.Combine([Folder, .. parts]);

    private static string Find([CallerFilePath] string thisFile = "")
    {
        for (DirectoryInfo? at = new(Path.GetDirectoryName(thisFile)!); at is not null; at = at.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(at.FullName, "Storage.sln")))
                return Path.GetFullPath(Path.Combine(at.FullName, "..", "shared"));
        }

        throw new DirectoryNotFoundException("no Storage.sln above the benchmark's source");
    }
}
