using System.Text.Json;
using Varve.Query.Native;

namespace Varve.Query.Rules;

/// <summary>
/// Which functions and types a statement may use. Some table functions change the whole instance (logging, profiling, parser) or run SQL given as
/// text: one of them makes every later statement fail and ends the process. So of DuckDB's table functions only those listed here are
/// allowed, whatever others its version has. Some scalar functions go into JSON recursively without a limit, and text that is nested a hundred
/// thousand deep, which two calls of repeat make, overflows any stack. Thread-safe.
/// </summary>
/// <remarks>
/// Sound without a parser of our own: only a text that holds one of the names as a word, anywhere, is looked at closer, and then DuckDB's own parser
/// tells what it means (<c>json_serialize_sql</c> parses and binds nothing). Functions that run SQL given as text are refused themselves, so no
/// call can hide in a string; DuckDB has no Unicode escapes in names.
/// </remarks>
internal sealed class FunctionRules
{
    private static readonly HashSet<string> AllowedTableFunctions = new(StringComparer.OrdinalIgnoreCase)
    {
        "scan_stream", "range", "generate_series", "unnest", "repeat", "repeat_row", "summary", "json_each", "json_tree",
        "histogram", "histogram_values", "test_all_types", "test_vector_types",
        "duckdb_columns", "duckdb_constraints", "duckdb_databases", "duckdb_dependencies", "duckdb_functions", "duckdb_indexes",
        "duckdb_keywords", "duckdb_memory", "duckdb_schemas", "duckdb_sequences", "duckdb_tables", "duckdb_types", "duckdb_views",
        "icu_calendar_names", "pg_timezone_names", "pragma_collations", "pragma_show", "pragma_table_info", "pragma_version",
    };

    private static readonly string[] RefusedScalarFunctions =
    [
        // Act or look outside instead of computing, or bind SQL given as text.
        "write_log", "sleep_ms", "pg_sleep", "setseed", "getenv", "json_serialize_plan",

        // Recursive in their argument, without a limit.
        "json_structure", "json_group_structure", "json_contains", "json_merge_patch", "json_deserialize_sql",

        // Makes a type of text, where a type that is refused could hide.
        "make_type",
        GlobOperator,
    ];

    /// <summary>The operator GLOB. It backtracks without a limit: one pattern keeps a thread busy for years, and nothing interrupts it.</summary>
    private const string GlobOperator = "~~~";

    /// <summary>Recursive in their second argument, which says what to make of the JSON: it must stand in the statement as text.</summary>
    private static readonly HashSet<string> StructureFunctions =
        new(["from_json", "from_json_strict", "json_transform", "json_transform_strict"], StringComparer.OrdinalIgnoreCase);

    /// <summary>A cast from JSON to it is recursive without a limit.</summary>
    private const string RefusedType = "VARIANT";

    private const int StructureDepthMax = 100;

    private readonly HashSet<string> _refused;
    private readonly HashSet<string> _lookedAt;

    private FunctionRules(HashSet<string> refused)
    {
        _refused = refused;
        _lookedAt = new HashSet<string>([.. refused, .. StructureFunctions, RefusedType], StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Asks the instance which functions it has.</summary>
    public static FunctionRules Load(DuckDbConnection connection)
    {
        var refused = new HashSet<string>(RefusedScalarFunctions, StringComparer.OrdinalIgnoreCase);
        refused.UnionWith(connection.ReadTexts(
            "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type IN ('table', 'table_macro')"));
        refused.ExceptWith(AllowedTableFunctions);
        return new FunctionRules(refused);
    }

    /// <param name="connection">Used to parse.</param>
    /// <param name="sql">The statement, or what an EXPLAIN explains.</param>
    /// <param name="whole">The text that will be prepared.</param>
    /// <exception cref="QueryException">The text calls a function that is not allowed, or cannot be checked.</exception>
    public void Check(DuckDbConnection connection, string sql, string whole)
    {
        if (!SqlText.HasWord(whole, _lookedAt) && !whole.Contains(GlobOperator, StringComparison.Ordinal))
            return;
        using JsonDocument tree = Parse(connection, sql);
        JsonElement root = tree.RootElement;
        if (!root.GetProperty("error").GetBoolean())
            CheckCalls(root);

        // A text that is no SQL is left to its preparation, whose error names the place.
        else if (connection.Parses(whole))
            throw new QueryException(QueryErrorCode.Refused, $"the statement cannot be checked: {root.GetProperty("error_message").GetString()}");
    }

    private static JsonDocument Parse(DuckDbConnection connection, string sql)
    {
        using DuckDbStatement statement = connection.Prepare("SELECT json_serialize_sql($1::VARCHAR)");
        statement.BindText(0, sql);
        using DuckDbResult result = statement.Execute();
        return JsonDocument.Parse(result.ReadTexts().Single(), new JsonDocumentOptions { MaxDepth = 10_000 });
    }

    private void CheckCalls(JsonElement node)
    {
        // A stack of our own: the tree is as deep as the statement is nested.
        var open = new Stack<JsonElement>([node]);
        while (open.TryPop(out JsonElement at))
        {
            if (at.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement child in at.EnumerateArray())
                    open.Push(child);
            }
            else if (at.ValueKind == JsonValueKind.Object)
            {
                foreach (JsonProperty property in at.EnumerateObject())
                {
                    if (property.NameEquals("function_name") && property.Value.GetString() is { } name)
                        CheckCall(name, at);
                    else if (property.NameEquals("id") && IsRefusedType(property.Value))
                        throw Refused($"the type {RefusedType}");
                    open.Push(property.Value);
                }
            }
        }
    }

    private void CheckCall(string name, JsonElement call)
    {
        if (_refused.Contains(name))
            throw Refused(name == GlobOperator ? "GLOB (LIKE and regexp_matches are)" : $"the function {name}");
        if (!StructureFunctions.Contains(name) || call.GetProperty("children").GetArrayLength() < 2)
            return;
        JsonElement structure = call.GetProperty("children")[1];
        if (!structure.TryGetProperty("value", out JsonElement constant) || !constant.TryGetProperty("value", out JsonElement text)
            || text.ValueKind != JsonValueKind.String)
        {
            throw new QueryException(
                QueryErrorCode.Refused, $"the structure given to {name} must be a text in the statement itself, such as '{{\"a\": \"INT\"}}'");
        }

        string written = text.GetString()!;
        if (Depth(written) > StructureDepthMax || written.Contains(RefusedType, StringComparison.OrdinalIgnoreCase))
            throw Refused($"a structure of more than {StructureDepthMax} levels or of type {RefusedType}");
    }

    private static bool IsRefusedType(JsonElement id) =>
        id.ValueKind == JsonValueKind.String && id.GetString()!.Equals(RefusedType, StringComparison.OrdinalIgnoreCase);

    /// <summary>An upper bound of how deep JSON is nested; brackets in texts count too.</summary>
    private static int Depth(string json) => json.Count(c => c is '[' or '{' or '(');

    private static QueryException Refused(string what) => new(QueryErrorCode.Refused, $"{what} is not allowed here");
}
