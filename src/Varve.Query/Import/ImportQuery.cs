using Varve.Arrow;
using Varve.Query.Native;
using Varve.Query.Types;

namespace Varve.Query.Import;

/// <summary>Writes the statement that reads a file, and decides what type each column has.</summary>
internal static class ImportQuery
{
    /// <summary>The statement: columns that <paramref name="target"/> has too, by name, are read as its types; the file decides the others.</summary>
    public static string Write(DuckDbConnection connection, string path, ImportFormat format, Schema? target)
    {
        string plain = $"SELECT * FROM {Source(path, format, types: null)}";
        if (target is null)
            return plain;
        using DuckDbStatement statement = connection.Prepare(plain);
        HashSet<string> inFile = [.. Enumerable.Range(0, statement.ColumnCount).Select(statement.ColumnName)];
        SqlColumn[] wanted = [.. StreamSqlMapping.Describe(target).Where(c => c.SqlType is not null && inFile.Contains(c.Field.Name))];
        if (wanted.Length == 0)
            return plain;

        // Text is read as the wanted type at once: sniffed as a number first, 007 would come out as 7.
        if (format == ImportFormat.Csv)
            return $"SELECT * FROM {Source(path, format, wanted)}";
        string casts = string.Join(", ", wanted.Select(c => $"{Cast(c, format)} AS {SqlNames.Quote(c.Field.Name)}"));
        return $"SELECT * REPLACE ({casts}) FROM {Source(path, format, types: null)}";
    }

    /// <summary>JSON has no binary: in its texts it is base64, as everywhere in Varve.</summary>
    private static string Cast(SqlColumn column, ImportFormat format) => format == ImportFormat.JsonLines && column.SqlType == "BLOB"
        ? $"from_base64(CAST({SqlNames.Quote(column.Field.Name)} AS VARCHAR))"
        : $"CAST({SqlNames.Quote(column.Field.Name)} AS {column.SqlType})";

    private static string Source(string path, ImportFormat format, SqlColumn[]? types) => format switch
    {
        ImportFormat.Parquet => $"read_parquet({SqlNames.Literal(path)}, hive_partitioning = false)",

        // Objects one after the other, or an array of them: an array read as lines would become one row.
        ImportFormat.JsonLines => $"read_json({SqlNames.Literal(path)}, format = 'auto', hive_partitioning = false)",

        // Folders named key=value are no columns of the file. A sample of everything: a column of which only the last row is no integer is no
        // integer column.
        _ => $"read_csv({SqlNames.Literal(path)}, sample_size = -1, hive_partitioning = false{(types is null ? "" : $", types = {Struct(types)}")})",
    };

    private static string Struct(SqlColumn[] types) =>
        $"{{{string.Join(", ", types.Select(c => $"{SqlNames.Literal(c.Field.Name)}: {SqlNames.Literal(c.SqlType!)}"))}}}";
}
