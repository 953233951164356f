using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Varve.Arrow;
using Varve.Arrow.Builders;
using Varve.Arrow.Values;
using Varve.Query.Types;
using Varve.Storage;

namespace Varve.Query.Following;

/// <summary>
/// A condition in SQL over the rows of one stream, for readers that want some rows in their order. It tells the offsets of the rows that match, so
/// that rows themselves need not go through SQL and keep their types; segments and blocks are pruned as for any statement. Each look is a short
/// statement of its own: between two looks nothing is held. Any thread.
/// </summary>
public sealed class StreamFilter
{
    /// <summary>Ends the condition's last line, which may be a comment.</summary>
    private const string Wrapped = "SELECT 1 WHERE (\n{0}\n)";

    private readonly QueryEngine _engine;
    private readonly string _stream;
    private readonly string _condition;

    private StreamFilter(QueryEngine engine, string stream, string condition)
    {
        _engine = engine;
        _stream = stream;
        _condition = condition;
    }

    /// <summary>Checks and binds the condition; nothing is read.</summary>
    /// <param name="engine">Runs it.</param>
    /// <param name="stream">Whose columns it may name, <c>_offset</c> and <c>_time</c> among them.</param>
    /// <param name="condition">What may stand behind WHERE. It may ask other streams, which are read as they are at each look.</param>
    /// <param name="cancellationToken">Calls it off.</param>
    /// <exception cref="QueryException">It is no condition, does not fit the stream, or is not allowed.</exception>
    public static async Task<StreamFilter> CreateAsync(
        QueryEngine engine, string stream, string condition, CancellationToken cancellationToken = default)
    {
        await RequireConditionAsync(engine, condition, cancellationToken).ConfigureAwait(false);
        var filter = new StreamFilter(engine, stream, condition);
        await engine.PrepareAsync(filter.Sql(0, 0), cancellationToken).ConfigureAwait(false);
        return filter;
    }

    /// <summary>The offsets of the rows of [from, to) that match, rising.</summary>
    /// <param name="view">Of the stream; the rows are those of this view, whatever happens to the stream meanwhile.</param>
    /// <param name="from">The first offset.</param>
    /// <param name="to">Exclusive.</param>
    /// <param name="cancellationToken">Calls it off.</param>
    /// <exception cref="QueryException">The condition met a value that it cannot compute, or ran out of memory or time.</exception>
    public async Task<long[]> SelectAsync(StreamView view, long from, long to, CancellationToken cancellationToken = default)
    {
        // A thousand readers that wake at once take turns here, and do not crowd out statements.
        await _engine.FilterTurns.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            QuerySettings settings = new() { IsLetIn = true, OpenView = name => name == _stream ? view : _engine.OpenView(name) };
            await using QueryResult result = await _engine.ExecuteAsync(Sql(from, to), null, settings, cancellationToken).ConfigureAwait(false);
            List<long> offsets = [];
            await foreach (RecordBatch batch in result.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                offsets.AddRange(MemoryMarshal.Cast<byte, long>(batch.Columns[0].Buffers[1].Span).Slice(batch.Columns[0].Offset, batch.RowCount));
            offsets.Sort();
            return [.. offsets];
        }
        finally
        {
            _engine.FilterTurns.Release();
        }
    }

    private string Sql(long from, long to) =>
        $"SELECT _offset FROM {SqlNames.Quote(_stream)} WHERE _offset >= {from} AND _offset < {to} AND (\n{_condition}\n)";

    /// <summary>
    /// A text that closes the parenthesis and goes on, with a UNION or a LIMIT, would give other rows than those of the range: DuckDB's parser must find
    /// the same statement as for a plain condition, but for what stands behind WHERE.
    /// </summary>
    private static async Task RequireConditionAsync(QueryEngine engine, string condition, CancellationToken cancellationToken)
    {
        JsonNode plain = await ParseAsync(engine, "TRUE", cancellationToken).ConfigureAwait(false);
        JsonNode given = await ParseAsync(engine, condition, cancellationToken).ConfigureAwait(false);
        if (given["error"]!.GetValue<bool>())
            throw new QueryException(QueryErrorCode.Syntax, $"the filter is no condition: {given["error_message"]}");
        if (!JsonNode.DeepEquals(WithoutCondition(plain), WithoutCondition(given)))
            throw new QueryException(QueryErrorCode.Refused, "the filter is more than one condition, such as may stand behind WHERE");
    }

    private static async Task<JsonNode> ParseAsync(QueryEngine engine, string condition, CancellationToken cancellationToken)
    {
        var schema = new Schema([new Field("sql", ArrowTypes.Utf8)]);
        RecordBatch text = new RecordBatchBuilder(schema).AppendRow(Wrapped.Replace("{0}", condition, StringComparison.Ordinal)).Build();
        await using QueryResult result = await engine.ExecuteAsync(
            "SELECT json_serialize_sql($1::VARCHAR)", new QueryParameters(text, 0), cancellationToken: cancellationToken).ConfigureAwait(false);
        await foreach (RecordBatch batch in result.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            return JsonNode.Parse(ArrayReader.Format(batch.Columns[0], 0), documentOptions: new() { MaxDepth = 10_000 })!;
        throw new QueryException(QueryErrorCode.Internal, "the filter could not be parsed");
    }

    private static JsonNode? WithoutCondition(JsonNode tree)
    {
        if (tree["statements"] is JsonArray { Count: 1 } statements && statements[0]?["node"] is JsonObject node)
            node.Remove("where_clause");
        return tree;
    }
}
