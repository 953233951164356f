using System.Collections.Concurrent;
using Varve.Arrow.Ipc;
using Varve.Query;
using Varve.Query.Types;
using Varve.Storage;

namespace Varve.Server.FlightSql.Metadata;

/// <summary>The one catalog and schema in which SQL sees the streams as tables. Any thread.</summary>
internal sealed class TableCatalog(StorageEngine engine, QueryEngine queries)
{
    public const string Name = "varve";
    public const string DbSchema = "main";
    public const string TableType = "TABLE";

    /// <summary>Tables that SQL was asked about, by stream: a dropped one's is forgotten when the tables are listed next.</summary>
    private readonly ConcurrentDictionary<long, (long SchemaVersion, SqlTable Table)> _tables = new();

    /// <summary>
    /// Whether the filters of a command let the one schema through; null: not given. An empty catalog means what has none, which is nothing here.
    /// </summary>
    public static bool Matches(string? catalog, string? dbSchemaPattern) =>
        (catalog is null || catalog == Name) && LikePattern.Matches(dbSchemaPattern, DbSchema);

    /// <summary>Rows of <see cref="MetadataSchemas.Tables"/>, by name.</summary>
    public IReadOnlyList<object?[]> Rows(LikePattern? pattern) =>
        [.. Streams(pattern).Select(stream => (object?[])[Name, DbSchema, stream.Name, TableType])];

    /// <summary>Rows of <see cref="MetadataSchemas.TablesWithSchema"/>, by name.</summary>
    public async Task<IReadOnlyList<object?[]>> RowsWithSchemaAsync(LikePattern? pattern, CancellationToken cancelled)
    {
        var rows = new List<object?[]>();
        foreach (StreamDescription stream in Streams(pattern))
        {
            if (await FindAsync(stream, cancelled) is { } table)
                rows.Add([Name, DbSchema, table.Name, TableType, SchemaMessage.EncodeEncapsulated(table.Describe())]);
        }

        return rows;
    }

    private IEnumerable<StreamDescription> Streams(LikePattern? pattern)
    {
        IReadOnlyList<StreamDescription> streams = engine.List();
        if (_tables.Count > streams.Count)
        {
            HashSet<long> present = [.. streams.Select(s => s.Id)];
            foreach (long id in _tables.Keys.Where(id => !present.Contains(id)))
                _tables.TryRemove(id, out _);
        }

        return streams.Where(s => pattern is null || pattern.Matches(s.Name));
    }

    /// <summary>Null where the stream was dropped meanwhile.</summary>
    private async Task<SqlTable?> FindAsync(StreamDescription stream, CancellationToken cancelled)
    {
        if (_tables.TryGetValue(stream.Id, out (long SchemaVersion, SqlTable Table) known) && known.SchemaVersion == stream.SchemaVersion)
            return known.Table;
        try
        {
            // What SELECT * gives is for SQL itself to say.
            PreparedQuery all = await queries.PrepareAsync($"select * from {Name}.{DbSchema}.\"{stream.Name}\"", cancelled);
            Dictionary<string, string> types = StreamSqlMapping.Describe(stream.Schema)
                .Where(column => column.SqlType is not null)
                .ToDictionary(column => column.Field.Name, column => column.SqlType!);
            types["_offset"] = "BIGINT";
            types["_time"] = "TIMESTAMP WITH TIME ZONE";
            var table = new SqlTable(stream.Name, all.ResultSchema!, [.. all.ResultSchema!.Fields.Select(f => types.GetValueOrDefault(f.Name, ""))]);
            _tables[stream.Id] = (stream.SchemaVersion, table);
            return table;
        }
        catch (QueryException e) when (e.Code == QueryErrorCode.NotFound)
        {
            return null;
        }
    }
}
