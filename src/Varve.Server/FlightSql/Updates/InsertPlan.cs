using Varve.Arrow;
using Varve.Protocol.V1;
using Varve.Query;
using Varve.Query.Types;
using Varve.Query.Updates;
using Varve.Server.Errors;
using Varve.Storage;

namespace Varve.Server.FlightSql.Updates;

/// <summary>An INSERT whose columns have been found. Immutable.</summary>
/// <param name="Insert">The statement.</param>
/// <param name="Stream">Where the rows go.</param>
/// <param name="Targets">The columns that VALUES fills, in its order.</param>
/// <param name="Sql">A query that gives the rows, with columns named like the stream's and of SQL's types for them.</param>
internal sealed record InsertPlan(InsertStatement Insert, Storage.StreamDescription Stream, IReadOnlyList<SqlColumn> Targets, string Sql)
{
    /// <exception cref="QueryException">The columns do not fit.</exception>
    /// <exception cref="StorageException">There is no such stream.</exception>
    public static async Task<InsertPlan> MakeAsync(InsertStatement insert, StorageEngine engine, QueryEngine queries, CancellationToken cancelled)
    {
        Storage.StreamDescription stream = StreamLookup.Get(engine, insert.Stream);
        IReadOnlyList<SqlColumn> all = StreamSqlMapping.Describe(stream.Schema);
        SqlColumn[] targets = insert.Columns is { } names
            ? [.. names.Select(name => UpdateQueries.Target(insert, name, all))]
            : [.. all.Where(column => column.SqlType is not null)];
        if (insert.Rows is not null)
            return new InsertPlan(insert, stream, targets, UpdateQueries.Values(insert, targets));
        PreparedQuery query = await queries.PrepareAsync(insert.Query, cancelled);
        Schema found = query.ResultSchema ?? throw ErrorMapper.Create(ErrorCode.SqlInvalid,
            $"cannot insert into '{insert.Stream}': a column of the query has the type of a parameter, which is not known; cast it");
        return new InsertPlan(insert, stream, targets, UpdateQueries.Select(insert, found, insert.IsByName ? all : targets));
    }

    /// <summary>
    /// The rows that were bound, where VALUES is one row of nothing but placeholders and they have the stream's types, or those that the statement
    /// asked for: then nothing is computed, and a thousand rows cost no thousand executions. Else null.
    /// </summary>
    /// <param name="placeholders">Of <see cref="Sql"/>.</param>
    /// <param name="bound">A column for each of them.</param>
    public RecordBatch? TryTake(Schema placeholders, RecordBatch bound)
    {
        if (Insert.Rows is not [{ } row] || row.Count != placeholders.Fields.Count)
            return null;
        bool isNamed = placeholders.Fields.All(p => IndexOf(bound.Schema, p) >= 0);
        var fields = new Field[row.Count];
        var columns = new ArrayData[row.Count];
        for (int i = 0; i < row.Count; i++)
        {
            int place = row[i] == "?" ? i : placeholders.IndexOf(row[i]);
            if (place < 0)
                return null;
            Field placeholder = placeholders.Fields[place];
            ArrayData values = bound.Columns[isNamed ? IndexOf(bound.Schema, placeholder) : place];
            if (!values.Type.Equals(placeholder.Type) && !values.Type.Equals(Targets[i].Field.Type))
                return null;
            fields[i] = new Field(Targets[i].Field.Name, values.Type);
            columns[i] = values;
        }

        return new RecordBatch(new Schema(fields), bound.RowCount, columns);
    }

    private static int IndexOf(Schema schema, Field placeholder)
    {
        int index = schema.IndexOf(placeholder.Name);
        return index >= 0 ? index : schema.IndexOf(placeholder.Name[1..]);
    }
}
