using System.Text.Json;
using Varve.Query.Scan;
using Varve.Storage.Zones;

namespace Varve.Query.Pruning;

/// <summary>
/// A column as it stands in a comparison: bare, or cast to a type in which its order is the same. Comparing a TIMESTAMP_S column with a
/// TIMESTAMP, for one, casts the column. Its value in SQL is the stored one times <see cref="Numerator"/> by <see cref="Denominator"/>, rounded
/// either way, and off by <see cref="Slack"/> at most.
/// </summary>
internal sealed record PlanOperand
{
    /// <summary>A local time and a moment differ by the zone's distance from UTC.</summary>
    private const long ZoneSlackMicros = 26L * 3600 * 1_000_000;

    private const long DayMicros = 24L * 3600 * 1_000_000;

    /// <summary>Integers and their greatest number of digits. Each holds all values of those before it with the same sign.</summary>
    private static readonly (string Name, int Digits)[] Integers =
    [
        ("UTINYINT", 3), ("TINYINT", 3), ("USMALLINT", 5), ("SMALLINT", 5), ("UINTEGER", 10), ("INTEGER", 10), ("UBIGINT", 20), ("BIGINT", 19),
        ("HUGEINT", 39),
    ];

    public required ScanColumn Column { get; init; }

    /// <summary>The SQL type of the operand, which a constant must have exactly.</summary>
    public required string Type { get; init; }

    public Int128 Numerator { get; init; } = 1;

    public Int128 Denominator { get; init; } = 1;

    public Int128 Slack { get; init; }

    /// <summary>Whether the value is the stored one times a whole number.</summary>
    public bool IsExact => Denominator == 1 && Slack == 0;

    /// <summary>Whether its type has infinities that are other numbers than those of the column's type.</summary>
    public bool HasOtherInfinities { get; private init; }

    public static PlanOperand? Of(PlanColumn column) => column.Column is { Kind: not ScanColumnKind.Any } source
        ? new PlanOperand { Column = source, Type = column.Type, Numerator = StoredUnit.Of(source.Type) }
        : null;

    /// <summary>Null for any other expression.</summary>
    public static PlanOperand? Of(JsonElement expression, PlanColumn?[] outputs)
    {
        if (PlanExpressions.Reference(expression, outputs) is { } bare)
            return Of(bare);
        return PlanExpressions.ClassOf(expression) == "BOUND_CAST"
            && PlanExpressions.Reference(expression.GetProperty("child"), outputs) is { } cast && Of(cast) is { } operand
            ? operand.As(PlanTypes.Name(expression.GetProperty("return_type")))
            : null;
    }

    /// <summary>Which stored values could equal a constant, and a little more where that is not exact.</summary>
    public (ZoneValue Low, ZoneValue High) Around(Int128 constant)
    {
        Int128 low = ((constant - Slack - 1) * Denominator / Numerator) - 1;
        Int128 high = ((constant + Slack + 1) * Denominator / Numerator) + 1;
        return (ZoneValue.Of(low), ZoneValue.Of(high));
    }

    /// <summary>Null for casts that change the order of values, or can fail.</summary>
    private PlanOperand? As(string type)
    {
        PlanOperand cast = this with { Type = type, HasOtherInfinities = type.StartsWith("TIMESTAMP", StringComparison.Ordinal) };
        if (IsWidening(Type, type) || (Type, type) == ("FLOAT", "DOUBLE"))
            return cast;
        if (PlanTypes.Decimal(type) is { } target && (PlanTypes.Decimal(Type) ?? IntegerShape(Type)) is { } own)
        {
            return target.Scale >= own.Scale && target.Width - target.Scale >= own.Width - own.Scale
                ? cast with { Numerator = Numerator * StoredUnit.PowerOfTen(target.Scale - own.Scale) }
                : null;
        }

        return (Type, type) switch
        {
            ("TIMESTAMP_S", "TIMESTAMP") => cast with { Numerator = 1_000_000 },
            ("TIMESTAMP_MS", "TIMESTAMP") => cast with { Numerator = 1000 },
            ("TIMESTAMP_NS", "TIMESTAMP") => cast with { Denominator = 1000 },
            ("DATE", "TIMESTAMP") => cast with { Numerator = DayMicros },
            ("DATE", "TIMESTAMP WITH TIME ZONE") => cast with { Numerator = DayMicros, Slack = ZoneSlackMicros },
            ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE") => cast with { Slack = ZoneSlackMicros },
            ("TIMESTAMP_S", "TIMESTAMP WITH TIME ZONE") => cast with { Numerator = 1_000_000, Slack = ZoneSlackMicros },
            ("TIMESTAMP_MS", "TIMESTAMP WITH TIME ZONE") => cast with { Numerator = 1000, Slack = ZoneSlackMicros },
            ("TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE") => cast with { Denominator = 1000, Slack = ZoneSlackMicros },
            _ => null,
        };
    }

    private static (int Width, int Scale)? IntegerShape(string type) => IntegerIndex(type) is >= 0 and var at ? (Integers[at].Digits, 0) : null;

    private static int IntegerIndex(string type) => Array.FindIndex(Integers, i => i.Name == type);

    private static bool IsWidening(string from, string to)
    {
        (int own, int other) = (IntegerIndex(from), IntegerIndex(to));
        (bool isUnsigned, bool becomesUnsigned) = (from[0] == 'U', to[0] == 'U');
        return own >= 0 && other > own && (isUnsigned == becomesUnsigned || (isUnsigned && other > own + 1));
    }
}
