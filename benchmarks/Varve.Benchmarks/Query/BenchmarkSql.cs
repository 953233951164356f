using System.Runtime.CompilerServices;

namespace Varve.Benchmarks.Query;

/// <summary>The telemetry rows and the statements over them in ../shared/bench, which all benchmarks of SQL use.</summary>
internal static class BenchmarkSql
{
    private static readonly string Folder = Find();

    /// <summary>CREATE TABLE of so many rows.</summary>
    public static string CreateTable(string table, long rows) =>
        File.ReadAllText(Path.Combine(Folder, "telemetry.sql"))
            .Replace("${N}", $"{rows}", StringComparison.Ordinal)
            .Replace("${OUT}", table, StringComparison.Ordinal);

    /// <summary>Name and text of each statement: the name stands in a comment on the line before.</summary>
    public static IEnumerable<(string Name, string Sql)> Statements()
    {
        string name = "";
        foreach (string line in File.ReadLines(Path.Combine(Folder, "queries.sql")))
        {
            if (line.StartsWith("-- ", StringComparison.Ordinal))
                name = line[3..];
            else if (line.Length > 0)
                yield return (name, line.TrimEnd(';'));
        }
    }

    private static string Find([CallerFilePath] string thisFile = "")
    {
        for (DirectoryInfo? at = new(Path.GetDirectoryName(thisFile)!); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Storage.sln")))
                return Path.GetFullPath(Path.Combine(at.FullName, "..", "shared", "bench"));
        }

        throw new DirectoryNotFoundException("no Storage.sln above the benchmark's source");
    }
}
