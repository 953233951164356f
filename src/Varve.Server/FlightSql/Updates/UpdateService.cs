using Varve.Arrow;
using Varve.Arrow.Values;
using Varve.Protocol.V1;
using Varve.Query;
using Varve.Query.Updates;
using Varve.Server.Append;
using Varve.Server.Calls;
using Varve.Server.Errors;
using Varve.Server.FlightSql.Statements;
using Varve.Storage;

namespace Varve.Server.FlightSql.Updates;

/// <summary>
/// Runs statements that change something: an INSERT is one append, the others make, extend and drop streams. Each is durable when it is answered.
/// Any thread.
/// </summary>
internal sealed class UpdateService(QueryEngine queries, AppendServices appends)
{
    private StorageEngine Engine => appends.Engine;

    /// <summary>Checks a statement and tells its placeholders; it is not run.</summary>
    /// <exception cref="QueryException">It cannot be run.</exception>
    /// <exception cref="StorageException">There is no such stream.</exception>
    public async Task<Schema> PrepareAsync(UpdateStatement statement, CancellationToken cancelled)
    {
        string? sql = statement switch
        {
            InsertStatement insert => (await InsertPlan.MakeAsync(insert, Engine, queries, cancelled)).Sql,
            CreateStreamStatement create => create.Query ?? UpdateQueries.Types(create.Columns),
            AddColumnStatement add => UpdateQueries.Types([add.Column]),
            _ => null,
        };
        return sql is null ? new Schema([]) : (await queries.PrepareAsync(sql, cancelled)).ParameterSchema;
    }

    /// <summary>Runs a statement; an INSERT once for each row that is bound, with one append of all its rows.</summary>
    /// <returns>How many rows it appended.</returns>
    public async Task<long> RunAsync(UpdateStatement statement, RecordBatch? bound, QuerySettings settings, CancellationToken cancelled)
    {
        using CallShare share = appends.Memory.Open();
        switch (statement)
        {
            case InsertStatement insert:
                return await InsertAsync(insert, bound, settings, share, cancelled);
            case CreateStreamStatement create:
                return await CreateAsync(create, bound, settings, share, cancelled);
            case AddColumnStatement add:
                await AddColumnAsync(add, cancelled);
                return 0;
            default:
                await DropAsync((DropStreamStatement)statement, cancelled);
                return 0;
        }
    }

    private async Task<long> InsertAsync(
        InsertStatement insert, RecordBatch? bound, QuerySettings settings, CallShare share, CancellationToken cancelled)
    {
        InsertPlan plan = await InsertPlan.MakeAsync(insert, Engine, queries, cancelled);
        var rows = new InsertedRows(plan.Stream.Name, plan.Stream.Schema, appends, share);
        Schema placeholders = (await queries.PrepareAsync(plan.Sql, cancelled)).ParameterSchema;
        if (bound is not null && plan.TryTake(placeholders, bound) is { } ready)
            rows.Add(ready);
        else
            await CollectAsync(new Execution(plan.Sql, bound), placeholders, settings, rows, cancelled);
        return await AppendAsync(plan.Stream.Name, rows.TakeAll(), cancelled);
    }

    private async Task<long> CreateAsync(
        CreateStreamStatement create, RecordBatch? bound, QuerySettings settings, CallShare share, CancellationToken cancelled)
    {
        if (create.IfNotExists && StreamLookup.Find(Engine, create.Stream) is not null)
            return 0;
        string sql = create.Query ?? UpdateQueries.Types(create.Columns);
        PreparedQuery query = await queries.PrepareAsync(sql, cancelled);
        Schema schema = query.ResultSchema ?? throw ErrorMapper.Create(ErrorCode.SqlInvalid,
            $"cannot create '{create.Stream}': a column has the type of a parameter, which is not known; cast it");
        if (create.Query is null)
        {
            await Engine.CreateStreamAsync(create.Stream, new Schema([.. schema.Fields.Zip(create.Columns, Declared)]), cancelled);
            return 0;
        }

        // Read before it is made, so that a query that fails leaves nothing.
        var rows = new InsertedRows(create.Stream, null, appends, share);
        string plain = UpdateQueries.Plain(create.Query, schema);
        await CollectAsync(new Execution(plain, bound), query.ParameterSchema, settings, rows, cancelled);
        Schema columns = (await queries.PrepareAsync(plain, cancelled)).ResultSchema!;
        await Engine.CreateStreamAsync(create.Stream, columns, cancelled);
        return await AppendAsync(create.Stream, rows.TakeAll(), cancelled);
    }

    private async Task AddColumnAsync(AddColumnStatement add, CancellationToken cancelled)
    {
        if (add.IfExists && StreamLookup.Find(Engine, add.Stream) is null)
            return;
        Storage.StreamDescription stream = StreamLookup.Get(Engine, add.Stream);
        if (add.IfNotExists && stream.Schema.Fields.Any(f => f.Name.Equals(add.Column.Name, StringComparison.OrdinalIgnoreCase)))
            return;
        PreparedQuery query = await queries.PrepareAsync(UpdateQueries.Types([add.Column]), cancelled);
        await Engine.AddColumnsAsync(stream.Name, [Declared(query.ResultSchema!.Fields[0], add.Column)], cancelled);
    }

    private async Task DropAsync(DropStreamStatement drop, CancellationToken cancelled)
    {
        if (drop.IfExists && StreamLookup.Find(Engine, drop.Stream) is null)
            return;
        await Engine.DropStreamAsync(StreamLookup.Get(Engine, drop.Stream).Name, cancelled);
    }

    private static Field Declared(Field found, ColumnDefinition column) => new(found.Name, found.Type, column.IsNullable);

    private async Task CollectAsync(
        Execution execution, Schema placeholders, QuerySettings settings, InsertedRows rows, CancellationToken cancelled)
    {
        execution.RequireParameters(placeholders);
        foreach (QueryParameters? parameters in execution.Parameters())
        {
            await using QueryResult result = await queries.ExecuteAsync(execution.Sql, parameters, settings, cancelled);
            await foreach (RecordBatch batch in result.ReadAllAsync(cancelled))
                rows.Add(batch);
        }
    }

    private async Task<long> AppendAsync(string stream, RecordBatch? rows, CancellationToken cancelled)
    {
        if (rows is null)
            return 0;
        long began = appends.Time.GetTimestamp();
        AppendResult result = await Engine.AppendAsync(stream, rows, cancelled);
        appends.Metrics.Appended(result.RowCount, (int)ArraySize.Bytes(rows), appends.Time.GetElapsedTime(began));
        return result.RowCount;
    }
}
