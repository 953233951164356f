using System.Buffers;
using System.Text;
using System.Text.Json;
using Varve.Query.Scan.Loading;
using Varve.Query.Sessions;
using Varve.Storage.Zones;

namespace Varve.Query.Pruning;

/// <summary>Reads constants of a plan, and the values of parameters in their place.</summary>
internal sealed class PlanConstants(IReadOnlyList<BoundParameter> parameters)
{
    /// <summary>Null for what is no constant, or has a type whose values have no order here.</summary>
    public PlanConstant? Read(JsonElement expression) => PlanExpressions.ClassOf(expression) switch
    {
        "BOUND_CONSTANT" => Literal(expression.GetProperty("value")),
        "BOUND_PARAMETER" => Parameter(expression),
        _ => null,
    };

    public static PlanConstant? Literal(JsonElement literal)
    {
        string type = PlanTypes.Name(literal.GetProperty("type"));
        if (literal.GetProperty("is_null").GetBoolean())
            return new PlanConstant(type, null);
        return Value(type, literal.GetProperty("value")) is { } value ? new PlanConstant(type, value) : null;
    }

    private static ZoneValue? Value(string type, JsonElement value) => (type, value.ValueKind) switch
    {
        (PlanTypes.Boolean, JsonValueKind.True) => ZoneValue.Of(1),
        (PlanTypes.Boolean, JsonValueKind.False) => ZoneValue.Of(0),
        (PlanTypes.Text, JsonValueKind.String) => ZoneValue.OfBytes(Encoding.UTF8.GetBytes(value.GetString()!)),
        ("BLOB", JsonValueKind.String) => Blob(value.GetString()!),
        ("UBIGINT", JsonValueKind.Number) => ZoneValue.Of(value.GetUInt64()),
        ("DOUBLE", JsonValueKind.Number) => ZoneValue.OfReal(value.GetDouble()),

        // Written in as few digits as tell one float from the next, which as a double is another number.
        ("FLOAT", JsonValueKind.Number) => ZoneValue.OfReal(value.GetSingle()),
        ("TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "UTINYINT" or "USMALLINT" or "UINTEGER" or "DATE" or "TIME" or "TIME_NS" or "TIMESTAMP"
            or "TIMESTAMP_S" or "TIMESTAMP_MS" or "TIMESTAMP_NS" or "TIMESTAMP WITH TIME ZONE", JsonValueKind.Number)
            => ZoneValue.Of(value.GetInt64()),
        ("HUGEINT", JsonValueKind.Object) => Wide(value),
        (_, JsonValueKind.Object) when PlanTypes.Decimal(type) is not null => Wide(value),
        (_, JsonValueKind.Number) when PlanTypes.Decimal(type) is not null => ZoneValue.Of(value.GetInt64()),
        _ => null,
    };

    private static ZoneValue Wide(JsonElement halves) =>
        ZoneValue.Of(new Int128((ulong)halves.GetProperty("upper").GetInt64(), halves.GetProperty("lower").GetUInt64()));

    /// <summary>Bytes as DuckDB prints them: printable ASCII as it is, all else as \xHH.</summary>
    private static ZoneValue? Blob(string text)
    {
        var bytes = new byte[text.Length];
        int count = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is < ' ' or > '~')
                return null;
            if (text[i] != '\\')
            {
                bytes[count++] = (byte)text[i];
                continue;
            }

            ReadOnlySpan<char> rest = text.AsSpan(i + 1);
            if (rest.Length < 3 || rest[0] != 'x' || Convert.FromHexString(rest[1..3], bytes.AsSpan(count), out _, out _) != OperationStatus.Done)
                return null;
            count++;
            i += 3;
        }

        return ZoneValue.OfBytes(bytes.AsSpan(0, count));
    }

    /// <summary>Only where the given value has exactly the type that DuckDB derived: any other would be converted first.</summary>
    private PlanConstant? Parameter(JsonElement expression)
    {
        string? name = expression.GetProperty("identifier").GetString();
        BoundParameter? given = parameters.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase));
        if (given is null)
            return null;
        string type = PlanTypes.Name(expression.GetProperty("return_type"));
        if (given.Array.IsNull(given.Row))
            return new PlanConstant(type, null);
        return ColumnLoaders.TryCreate(given.Array.Type, out _)?.SqlName == type && ParameterValues.Read(given.Array, given.Row) is { } value
            ? new PlanConstant(type, value)
            : null;
    }
}
