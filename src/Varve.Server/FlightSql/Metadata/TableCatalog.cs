using Varve.Arrow;
using Varve.Arrow.Ipc;

namespace Varve.Server.FlightSql.Metadata;

/// <summary>
/// The one catalog and schema in which SQL sees the streams as tables. Any thread.
/// </summary>
/// <param name="list">The streams as SQL sees them now: their names, and the columns that <c>SELECT *</c> gives.</param>
internal sealed class TableCatalog(Func<IReadOnlyList<SqlTable>> list)
{
    public const string Name = "varve";
    public const string DbSchema = "main";
    public const string TableType = "TABLE";

    /// <summary>Whether the filters of a command let the one schema through; null: not given. An empty catalog means what has none, which is nothing here.</summary>
    public static bool Matches(string? catalog, string? dbSchemaPattern) =>
        (catalog is null || catalog == Name) && LikePattern.Matches(dbSchemaPattern, DbSchema);

    /// <summary>Rows of <see cref="MetadataSchemas.Tables"/>, by name.</summary>
    public IEnumerable<object?[]> Rows(LikePattern? pattern, bool includeSchema)
    {
        IEnumerable<SqlTable> tables = list()
            .Where(t => pattern is null || pattern.Matches(t.Name))
            .OrderBy(t => t.Name, StringComparer.Ordinal);
        foreach (SqlTable table in tables)
        {
            yield return includeSchema
                ? [Name, DbSchema, table.Name, TableType, SchemaMessage.EncodeEncapsulated(Described(table))]
                : [Name, DbSchema, table.Name, TableType];
        }
    }

    /// <summary>The columns with what Flight SQL tells of each in its metadata.</summary>
    private static Schema Described(SqlTable table) => new([.. table.Schema.Fields.Select(f => Described(table.Name, f))], table.Schema.Metadata);

    private static Field Described(string table, Field field)
    {
        var metadata = new Dictionary<string, string>(field.Metadata)
        {
            ["ARROW:FLIGHT:SQL:CATALOG_NAME"] = Name,
            ["ARROW:FLIGHT:SQL:DB_SCHEMA_NAME"] = DbSchema,
            ["ARROW:FLIGHT:SQL:TABLE_NAME"] = table,
            ["ARROW:FLIGHT:SQL:TYPE_NAME"] = SqlTypeName.Of(field.Type),
            ["ARROW:FLIGHT:SQL:IS_AUTO_INCREMENT"] = "0",
            ["ARROW:FLIGHT:SQL:IS_CASE_SENSITIVE"] = field.Type.Id is ArrowTypeId.Utf8 or ArrowTypeId.LargeUtf8 or ArrowTypeId.Utf8View ? "1" : "0",
            ["ARROW:FLIGHT:SQL:IS_READ_ONLY"] = "1",
            ["ARROW:FLIGHT:SQL:IS_SEARCHABLE"] = "1",
        };
        if (field.Type is DecimalType number)
        {
            metadata["ARROW:FLIGHT:SQL:PRECISION"] = number.Precision.ToString();
            metadata["ARROW:FLIGHT:SQL:SCALE"] = number.Scale.ToString();
        }

        return new Field(field.Name, field.Type, field.IsNullable, metadata);
    }
}
