using Varve.Arrow;

namespace Varve.Server.FlightSql.Metadata;

/// <summary>A stream as SQL sees it. Immutable.</summary>
/// <param name="Name">The table's name.</param>
/// <param name="Schema">The columns of <c>SELECT *</c>, the system columns last.</param>
/// <param name="SqlTypes">What SQL calls the type of each.</param>
internal sealed record SqlTable(string Name, Schema Schema, IReadOnlyList<string> SqlTypes)
{
    /// <summary>The columns with what Flight SQL tells of each in its metadata.</summary>
    public Schema Describe() => new([.. Schema.Fields.Select((field, i) => Describe(field, SqlTypes[i]))], Schema.Metadata);

    private Field Describe(Field field, string sqlType)
    {
        var metadata = new Dictionary<string, string>(field.Metadata)
        {
            ["ARROW:FLIGHT:SQL:CATALOG_NAME"] = TableCatalog.Name,
            ["ARROW:FLIGHT:SQL:DB_SCHEMA_NAME"] = TableCatalog.DbSchema,
            ["ARROW:FLIGHT:SQL:TABLE_NAME"] = Name,
            ["ARROW:FLIGHT:SQL:TYPE_NAME"] = sqlType,
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
