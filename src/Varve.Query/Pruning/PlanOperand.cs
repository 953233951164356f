using System.Text.Json;
using Varve.Query.Scan;
using Varve.Storage.Zones;

namespace Varve.Query.Pruning;

/// <summary>
/// A column as it stands in a comparison: bare, or cast to a type in which its order is the same. Comparing a TIMESTAMP_S column with a
/// TIMESTAMP, for one, casts the column.
/// </summary>
internal sealed class PlanOperand
{
    /// <summary>A local time and a moment differ by the zone's distance from UTC.</summary>
    private const long ZoneSlackMicros = 26L * 3600 * 1_000_000;

    private const long DayMicros = 24L * 3600 * 1_000_000;

    private readonly Int128 _numerator;
    private readonly Int128 _denominator;
    private readonly Int128 _slack;

    private PlanOperand(ScanColumn column, string type, Int128 numerator, Int128 denominator, Int128 slack)
    {
        Column = column;
        Type = type;
        _numerator = numerator;
        _denominator = denominator;
        _slack = slack;
    }

    public ScanColumn Column { get; }

    /// <summary>The SQL type of the operand, which a constant must have exactly.</summary>
    public string Type { get; }

    private bool IsBare => _numerator == 1 && _denominator == 1 && _slack == 0;

    public static PlanOperand? Of(PlanColumn column) => column.Column is { } source ? new PlanOperand(source, column.Type, 1, 1, 0) : null;

    /// <summary>Null for any other expression.</summary>
    public static PlanOperand? Of(JsonElement expression, PlanColumn?[] outputs)
    {
        if (PlanExpressions.Reference(expression, outputs) is { } bare)
            return Of(bare);
        if (PlanExpressions.ClassOf(expression) != "BOUND_CAST"
            || PlanExpressions.Reference(expression.GetProperty("child"), outputs) is not { Column: { } column } cast)
        {
            return null;
        }

        string target = expression.GetProperty("return_type").GetProperty("id").GetString() ?? "";
        return (cast.Type, target) switch
        {
            ("TIMESTAMP_S", "TIMESTAMP") => new PlanOperand(column, target, 1_000_000, 1, 0),
            ("TIMESTAMP_MS", "TIMESTAMP") => new PlanOperand(column, target, 1000, 1, 0),
            ("TIMESTAMP_NS", "TIMESTAMP") => new PlanOperand(column, target, 1, 1000, 0),
            ("DATE", "TIMESTAMP") => new PlanOperand(column, target, DayMicros, 1, 0),
            ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE") => new PlanOperand(column, target, 1, 1, ZoneSlackMicros),
            ("TIMESTAMP_S", "TIMESTAMP WITH TIME ZONE") => new PlanOperand(column, target, 1_000_000, 1, ZoneSlackMicros),
            ("TIMESTAMP_MS", "TIMESTAMP WITH TIME ZONE") => new PlanOperand(column, target, 1000, 1, ZoneSlackMicros),
            ("TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE") => new PlanOperand(column, target, 1, 1000, ZoneSlackMicros),
            _ => null,
        };
    }

    /// <summary>False for the infinite constants of a cast operand: both types have infinities of their own, which do not scale.</summary>
    public bool CanCompare(ZoneValue constant) =>
        IsBare || (!constant.IsReal && constant.Whole < long.MaxValue && constant.Whole > -long.MaxValue);

    /// <summary>
    /// Which stored values could equal a constant after the cast, and a little more: value * numerator / denominator, rounded either way and off
    /// by the slack at most.
    /// </summary>
    public (ZoneValue Low, ZoneValue High) Stored(ZoneValue constant)
    {
        if (IsBare)
            return (constant, constant);
        Int128 low = ((constant.Whole - _slack - 1) * _denominator / _numerator) - 1;
        Int128 high = ((constant.Whole + _slack + 1) * _denominator / _numerator) + 1;
        return (ZoneValue.Of(low), ZoneValue.Of(high));
    }
}
