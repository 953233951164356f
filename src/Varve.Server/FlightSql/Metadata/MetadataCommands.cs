using Google.Protobuf.WellKnownTypes;
using Varve.Arrow;
using Varve.Protocol.FlightSql;
using Varve.Server.Flight;

namespace Varve.Server.FlightSql.Metadata;

/// <summary>
/// The commands with which tools look around: what catalogs, schemas, tables, keys and types there are. Everything lives in one catalog and one
/// schema, and a stream is a table. Immutable: any thread.
/// </summary>
internal sealed class MetadataCommands(TableCatalog tables, SqlInfoValues info)
{
    /// <summary>The answer to a command; null where it is none of the metadata commands.</summary>
    /// <exception cref="Rpc.RpcException">The command does not parse.</exception>
    public MetadataResult? Find(Any command)
    {
        if (command.Is(CommandGetSqlInfo.Descriptor))
            return SqlInfo(Command.Unpack<CommandGetSqlInfo>(command));
        if (command.Is(CommandGetCatalogs.Descriptor))
            return Rows(MetadataSchemas.Catalogs, [[TableCatalog.Name]]);
        if (command.Is(CommandGetDbSchemas.Descriptor))
            return DbSchemas(Command.Unpack<CommandGetDbSchemas>(command));
        if (command.Is(CommandGetTables.Descriptor))
            return Tables(Command.Unpack<CommandGetTables>(command));
        if (command.Is(CommandGetTableTypes.Descriptor))
            return Rows(MetadataSchemas.TableTypes, [[TableCatalog.TableType]]);
        if (command.Is(CommandGetXdbcTypeInfo.Descriptor))
            return TypeInfo(Command.Unpack<CommandGetXdbcTypeInfo>(command));
        return Keys(command);
    }

    /// <summary>Streams have neither primary nor foreign keys.</summary>
    private static MetadataResult? Keys(Any command)
    {
        if (command.Is(CommandGetPrimaryKeys.Descriptor))
            return Rows(MetadataSchemas.PrimaryKeys, []);
        bool isForeign = command.Is(CommandGetExportedKeys.Descriptor)
            || command.Is(CommandGetImportedKeys.Descriptor)
            || command.Is(CommandGetCrossReference.Descriptor);
        return isForeign ? Rows(MetadataSchemas.ForeignKeys, []) : null;
    }

    private static MetadataResult DbSchemas(CommandGetDbSchemas command)
    {
        bool isMatch = TableCatalog.Matches(
            command.HasCatalog ? command.Catalog : null,
            command.HasDbSchemaFilterPattern ? command.DbSchemaFilterPattern : null);
        return Rows(MetadataSchemas.DbSchemas, isMatch ? [[TableCatalog.Name, TableCatalog.DbSchema]] : []);
    }

    private static MetadataResult TypeInfo(CommandGetXdbcTypeInfo command) =>
        Rows(MetadataSchemas.XdbcTypeInfo, XdbcTypes.Rows(command.HasDataType ? command.DataType : null));

    private static MetadataResult Rows(Schema schema, IEnumerable<object?[]> rows) => MetadataResult.Of(MetadataRows.Build(schema, rows));

    private MetadataResult SqlInfo(CommandGetSqlInfo command) => MetadataResult.Of(SqlInfoBatch.Build(info.Select(command.Info)));

    private MetadataResult Tables(CommandGetTables command)
    {
        bool isMatch = TableCatalog.Matches(
                command.HasCatalog ? command.Catalog : null,
                command.HasDbSchemaFilterPattern ? command.DbSchemaFilterPattern : null)
            && (command.TableTypes.Count == 0 || command.TableTypes.Contains(TableCatalog.TableType));
        LikePattern? pattern = command.HasTableNameFilterPattern ? new LikePattern(command.TableNameFilterPattern) : null;
        if (!command.IncludeSchema)
            return Rows(MetadataSchemas.Tables, isMatch ? tables.Rows(pattern) : []);
        return isMatch
            ? new MetadataResult(MetadataSchemas.TablesWithSchema,
                async cancelled => MetadataRows.Build(MetadataSchemas.TablesWithSchema, await tables.RowsWithSchemaAsync(pattern, cancelled)))
            : Rows(MetadataSchemas.TablesWithSchema, []);
    }
}
