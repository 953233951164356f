using System.Text.Json;
using Varve.Arrow;
using Varve.Query.Scan.Loading;
using Varve.Query.Sessions;
using Varve.Storage.Zones;

namespace Varve.Query.Pruning;

/// <summary>Reads constants of a plan, and the values of parameters in their place.</summary>
internal sealed class PlanConstants(IReadOnlyList<BoundParameter> parameters)
{
    /// <summary>Null for what is no constant, is null, or has a type without zones.</summary>
    public PlanConstant? Read(JsonElement expression) => PlanExpressions.ClassOf(expression) switch
    {
        "BOUND_CONSTANT" => Literal(expression.GetProperty("value")),
        "BOUND_PARAMETER" => Parameter(expression),
        _ => null,
    };

    public static PlanConstant? Literal(JsonElement literal)
    {
        if (literal.GetProperty("is_null").GetBoolean())
            return null;
        string type = literal.GetProperty("type").GetProperty("id").GetString() ?? "";
        JsonElement value = literal.GetProperty("value");
        if (value.ValueKind != JsonValueKind.Number)
            return null;
        return type switch
        {
            "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "UTINYINT" or "USMALLINT" or "UINTEGER" or "DATE" or "TIMESTAMP"
                or "TIMESTAMP_S" or "TIMESTAMP_MS" or "TIMESTAMP_NS" or "TIMESTAMP WITH TIME ZONE"
                => new PlanConstant(type, ZoneValue.Of(value.GetInt64())),
            "UBIGINT" => new PlanConstant(type, ZoneValue.Of(value.GetUInt64())),
            "DOUBLE" => new PlanConstant(type, ZoneValue.OfReal(value.GetDouble())),

            // Written in as few digits as tell one float from the next, which as a double is another number.
            "FLOAT" => new PlanConstant(type, ZoneValue.OfReal(value.GetSingle())),
            _ => null,
        };
    }

    /// <summary>Only where the given value has exactly the type that DuckDB derived: any other would be converted first.</summary>
    private PlanConstant? Parameter(JsonElement expression)
    {
        string? name = expression.GetProperty("identifier").GetString();
        BoundParameter? given = parameters.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase));
        if (given is null || given.Array.IsNull(given.Row))
            return null;
        string type = expression.GetProperty("return_type").GetProperty("id").GetString() ?? "";
        ArrayData one = given.Array.Slice(given.Row, 1);
        return ColumnLoaders.TryCreate(one.Type, out _)?.SqlName == type && SqlZone.Of(one) is { } zone ? new PlanConstant(type, zone.Least) : null;
    }
}
