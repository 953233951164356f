using System.Text.Json;
using Varve.Query.Pruning.Conditions;
using Varve.Query.Scan;

namespace Varve.Query.Pruning;

/// <summary>
/// Walks an optimized plan (the JSON of <c>json_serialize_plan</c>) and collects for every scan of a stream the conditions of the operators
/// above it, following only those that work row by row: filter, projection, and the mark join that DuckDB makes of a long IN list.
/// </summary>
/// <remarks>
/// Why no row can be lost: the optimizer put a condition where rows that fail it do not matter to the result; what is not understood counts
/// as true; several mentions of a stream are or-ed; a scan that the walk did not reach, several statements or any surprise in the
/// plan's shape mean that everything is read.
/// </remarks>
internal sealed class PlanWalk
{
    public static readonly IReadOnlyDictionary<string, Condition> Nothing = new Dictionary<string, Condition>();

    private readonly StatementScope _scope;
    private readonly PlanExpressions _expressions;
    private readonly Dictionary<string, List<List<Condition>>> _found = new(StringComparer.OrdinalIgnoreCase);

    private PlanWalk(StatementScope scope, PlanConstants constants)
    {
        _scope = scope;
        _expressions = new PlanExpressions(constants);
    }

    /// <exception cref="InvalidOperationException">Like KeyNotFoundException and FormatException: the plan has a shape that is not known.</exception>
    public static IReadOnlyDictionary<string, Condition> Read(JsonElement root, StatementScope scope, PlanConstants constants)
    {
        if (root.GetProperty("error").GetBoolean() || root.GetProperty("plans").GetArrayLength() != 1)
            return Nothing;
        JsonElement plan = root.GetProperty("plans")[0];
        var walk = new PlanWalk(scope, constants);
        walk.Visit(plan);
        if (CountScans(plan) != walk._found.Values.Sum(mentions => mentions.Count))
            return Nothing;
        return walk._found.ToDictionary(
            f => f.Key, f => AnyOf.Of(f.Value.Select(AllOf.Of)), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Visits every operator; returns the chain where the node is part of one.</summary>
    private PlanChain? Visit(JsonElement node)
    {
        string type = TypeOf(node);
        if (type == "LOGICAL_GET" && NameOf(node) == StreamScanFunction.Name)
            return VisitScan(node);
        PlanChain?[] children = node.TryGetProperty("children", out JsonElement list) ? [.. list.EnumerateArray().Select(Visit)] : [];
        if (children.Length == 0 || children[0] is not { } chain)
            return null;
        return type switch
        {
            "LOGICAL_FILTER" => AddFilter(node, chain),
            "LOGICAL_PROJECTION" => chain with
            {
                Outputs = [.. node.GetProperty("expressions").EnumerateArray().Select(e => PlanExpressions.Reference(e, chain.Outputs))],
            },
            "LOGICAL_COMPARISON_JOIN" when IsMarkOfValues(node) => AddMark(node, chain),
            "LOGICAL_TOP_N" => AddFirst(node, chain),
            "LOGICAL_AGGREGATE_AND_GROUP_BY" => AddExtremes(node, chain),
            _ => null,
        };
    }

    private PlanChain VisitScan(JsonElement node)
    {
        string stream = node.GetProperty("parameters")[0].GetProperty("value").GetString()
            ?? throw new InvalidOperationException("a scan without a name");
        ScanColumn[] columns = ScanColumns.Of(_scope.Open(stream).Stream.Schema);
        JsonElement[] types = [.. node.GetProperty("returned_types").EnumerateArray()];
        PlanColumn?[] outputs = [.. node.GetProperty("column_indexes").EnumerateArray().Select(c => Column(c, columns, types))];
        List<Condition> conjuncts = [];
        if (!_found.TryGetValue(stream, out List<List<Condition>>? mentions))
            _found[stream] = mentions = [];
        mentions.Add(conjuncts);
        return new PlanChain(PlanChain.Pick(outputs, node, "projection_ids"), conjuncts);
    }

    private static PlanColumn? Column(JsonElement reference, ScanColumn[] columns, JsonElement[] types)
    {
        ulong index = reference.GetProperty("index").GetUInt64();
        bool isWhole = !reference.TryGetProperty("child_indexes", out JsonElement nested) || nested.GetArrayLength() == 0;
        if (!isWhole || index >= (ulong)columns.Length)
            return null;
        if (types.Length != columns.Length)
            throw new InvalidOperationException("the plan's scan has other columns");
        return new PlanColumn(columns[index], PlanTypes.Name(types[index]));
    }

    private PlanChain AddFilter(JsonElement node, PlanChain chain)
    {
        foreach (JsonElement expression in node.GetProperty("expressions").EnumerateArray())
            chain.Conjuncts.Add(_expressions.When(true, expression, chain.Outputs));
        return chain with { Outputs = PlanChain.Pick(chain.Outputs, node, "projection_map") };
    }

    private static bool IsMarkOfValues(JsonElement node) =>
        node.GetProperty("join_type").GetString() == "MARK"
        && node.GetProperty("children") is var children && children.GetArrayLength() == 2 && TypeOf(children[1]) == "LOGICAL_CHUNK_GET";

    private static PlanChain AddMark(JsonElement node, PlanChain chain)
    {
        JsonElement[] conditions = [.. node.GetProperty("conditions").EnumerateArray()];
        PlanList? list = null;
        if (conditions is [var only] && only.GetProperty("comparison").GetString() == PlanComparison.Equal
            && PlanExpressions.Reference(only.GetProperty("left"), chain.Outputs) is { } column && PlanOperand.Of(column) is { } operand
            && PlanExpressions.ClassOf(only.GetProperty("right")) == "BOUND_REF" && only.GetProperty("right").GetProperty("index").GetInt32() == 0)
        {
            JsonElement values = node.GetProperty("children")[1].GetProperty("collection").GetProperty("values")[0];
            list = new PlanList(operand, [.. values.EnumerateArray().Select(PlanConstants.Literal)]);
        }

        PlanColumn?[] outputs = PlanChain.Pick(chain.Outputs, node, "left_projection_map");
        return chain with { Outputs = [.. outputs, list is null ? null : new PlanColumn(null, Mark: list)] };
    }

    /// <summary>Nothing above a limit may be pushed below it, so the chain ends here; the limit itself narrows a scan that has no filter.</summary>
    private static PlanChain? AddFirst(JsonElement node, PlanChain chain)
    {
        JsonElement order = node.GetProperty("orders")[0];
        string? direction = order.GetProperty("type").GetString();
        string? nulls = order.GetProperty("null_order").GetString();
        if (chain.Conjuncts.Count == 0 && direction is "ASCENDING" or "DESCENDING" && nulls is "NULLS FIRST" or "NULLS LAST"
            && PlanExpressions.Reference(order.GetProperty("expression"), chain.Outputs) is { Column: { } column })
        {
            long rows = node.GetProperty("limit").GetInt64() + (node.TryGetProperty("offset", out JsonElement offset) ? offset.GetInt64() : 0);
            chain.Conjuncts.Add(new FirstRows(column, direction == "DESCENDING", nulls == "NULLS FIRST", rows));
        }

        return null;
    }

    /// <summary>The least and greatest values of columns, of all rows in one group: each is a first row of its own.</summary>
    private static PlanChain? AddExtremes(JsonElement node, PlanChain chain)
    {
        bool isWhole = !node.TryGetProperty("groups", out JsonElement groups) || groups.GetArrayLength() == 0;
        FirstRows?[] extremes = [.. node.GetProperty("expressions").EnumerateArray().Select(e => Extreme(e, chain.Outputs))];
        if (chain.Conjuncts.Count == 0 && isWhole && extremes.Length > 0 && !extremes.Contains(null))
            chain.Conjuncts.Add(AnyOf.Of(extremes!));
        return null;
    }

    private static FirstRows? Extreme(JsonElement aggregate, PlanColumn?[] outputs)
    {
        string? name = aggregate.GetProperty("name").GetString();
        if (name is not ("min" or "max") || aggregate.TryGetProperty("filter", out _))
            return null;
        JsonElement arguments = aggregate.GetProperty("children");
        return arguments.GetArrayLength() == 1 && PlanExpressions.Reference(arguments[0], outputs) is { Column: { } column }
            ? new FirstRows(column, IsDescending: name == "max", HasNullsFirst: false, Count: 1)
            : null;
    }

    private static int CountScans(JsonElement node) => node.ValueKind switch
    {
        JsonValueKind.Array => node.EnumerateArray().Sum(CountScans),
        JsonValueKind.Object => node.EnumerateObject().Sum(p => CountScans(p.Value)) + (IsScan(node) ? 1 : 0),
        _ => 0,
    };

    private static bool IsScan(JsonElement node) =>
        node.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("LOGICAL_GET")
        && NameOf(node) == StreamScanFunction.Name;

    private static string TypeOf(JsonElement node) => node.GetProperty("type").GetString() ?? "";

    private static string NameOf(JsonElement node) => node.GetProperty("name").GetString() ?? "";
}
