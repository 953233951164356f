namespace Varve.Benchmarks.Query;

/// <summary>The telemetry rows and the statements over them in ../shared/bench, which all benchmarks of SQL use.</summary>
internal static class BenchmarkSql
{
    /// <summary>CREATE TABLE of so many rows.</summary>
    public static string CreateTable(string table, long rows) =>
        File.ReadAllText(SharedFolder.File("bench", "telemetry.sql"))
            .Replace("${N}", $"{rows}", StringComparison.Ordinal)
            .Replace("${OUT}", table, StringComparison.Ordinal);

    /// <summary>Name and text of each statement: the name stands in a comment on the line before.</summary>
    public static IEnumerable<(string Name, string Sql)> Statements()
    {
        string name = "";
        foreach (string line in File.ReadLines(SharedFolder.File("bench", "queries.sql")))
        {
            if (line.StartsWith("-- ", StringComparison.Ordinal))
                name = line[3..];
            else if (line.Length > 0)
                yield return (name, line.TrimEnd(';'));
        }
    }
}
