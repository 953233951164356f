using Varve.Arrow;

namespace Varve.Server.FlightSql.Metadata;

/// <summary>
/// The result schemas of the metadata commands, name by name as FlightSql.proto prescribes them: JDBC looks columns up by name and reads them by
/// type.
/// </summary>
internal static class MetadataSchemas
{
    public static readonly Schema Catalogs = new([Text("catalog_name", isNullable: false)]);

    public static readonly Schema DbSchemas = new([Text("catalog_name"), Text("db_schema_name", isNullable: false)]);

    public static readonly Schema TableTypes = new([Text("table_type", isNullable: false)]);

    public static readonly Schema Tables = new(
    [
        Text("catalog_name"),
        Text("db_schema_name"),
        Text("table_name", isNullable: false),
        Text("table_type", isNullable: false),
    ]);

    /// <summary>With the table's own schema as an encapsulated IPC message.</summary>
    public static readonly Schema TablesWithSchema = new([.. Tables.Fields, new Field("table_schema", ArrowTypes.Binary, isNullable: false)]);

    public static readonly Schema PrimaryKeys = new(
    [
        Text("catalog_name"),
        Text("db_schema_name"),
        Text("table_name", isNullable: false),
        Text("column_name", isNullable: false),
        Text("key_name"),
        Int("key_sequence", isNullable: false),
    ]);

    /// <summary>Of exported keys, imported keys and the cross reference.</summary>
    public static readonly Schema ForeignKeys = new(
    [
        Text("pk_catalog_name"),
        Text("pk_db_schema_name"),
        Text("pk_table_name", isNullable: false),
        Text("pk_column_name", isNullable: false),
        Text("fk_catalog_name"),
        Text("fk_db_schema_name"),
        Text("fk_table_name", isNullable: false),
        Text("fk_column_name", isNullable: false),
        Int("key_sequence", isNullable: false),
        Text("fk_key_name"),
        Text("pk_key_name"),
        new("update_rule", ArrowTypes.UInt8, isNullable: false),
        new("delete_rule", ArrowTypes.UInt8, isNullable: false),
    ]);

    public static readonly Schema XdbcTypeInfo = new(
    [
        Text("type_name", isNullable: false),
        Int("data_type", isNullable: false),
        Int("column_size"),
        Text("literal_prefix"),
        Text("literal_suffix"),
        new("create_params", new ListType(Text("item", isNullable: false))),
        Int("nullable", isNullable: false),
        Flag("case_sensitive", isNullable: false),
        Int("searchable", isNullable: false),
        Flag("unsigned_attribute"),
        Flag("fixed_prec_scale", isNullable: false),
        Flag("auto_increment"),
        Text("local_type_name"),
        Int("minimum_scale"),
        Int("maximum_scale"),
        Int("sql_data_type", isNullable: false),
        Int("datetime_subcode"),
        Int("num_prec_radix"),
        Int("interval_precision"),
    ]);

    private static Field Text(string name, bool isNullable = true) => new(name, ArrowTypes.Utf8, isNullable);

    private static Field Int(string name, bool isNullable = true) => new(name, ArrowTypes.Int32, isNullable);

    private static Field Flag(string name, bool isNullable = true) => new(name, ArrowTypes.Boolean, isNullable);
}
