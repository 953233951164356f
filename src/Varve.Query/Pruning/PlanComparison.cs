using Varve.Query.Pruning.Conditions;
using Varve.Storage.Zones;

namespace Varve.Query.Pruning;

/// <summary>Turns comparisons of an operand with a constant into conditions on stored values.</summary>
internal static class PlanComparison
{
    public const string Equal = "COMPARE_EQUAL";
    public const string NotEqual = "COMPARE_NOTEQUAL";
    public const string Less = "COMPARE_LESSTHAN";
    public const string LessOrEqual = "COMPARE_LESSTHANOREQUALTO";
    public const string Greater = "COMPARE_GREATERTHAN";
    public const string GreaterOrEqual = "COMPARE_GREATERTHANOREQUALTO";
    public const string Distinct = "COMPARE_DISTINCT_FROM";
    public const string NotDistinct = "COMPARE_NOT_DISTINCT_FROM";

    /// <summary>The comparison with its sides exchanged.</summary>
    public static string Flip(string comparison) => comparison switch
    {
        Less => Greater,
        LessOrEqual => GreaterOrEqual,
        Greater => Less,
        GreaterOrEqual => LessOrEqual,
        _ => comparison,
    };

    /// <summary>What is true where the comparison is false; both are null for a null.</summary>
    public static string Negate(string comparison) => comparison switch
    {
        Equal => NotEqual,
        NotEqual => Equal,
        Less => GreaterOrEqual,
        LessOrEqual => Greater,
        Greater => LessOrEqual,
        GreaterOrEqual => Less,
        Distinct => NotDistinct,
        NotDistinct => Distinct,
        _ => comparison,
    };

    /// <summary>When the comparison is true.</summary>
    public static Condition Of(PlanOperand operand, string comparison, PlanConstant? constant)
    {
        if (constant is not { } known || known.Type != operand.Type)
            return Condition.Always;
        if (known.Value is not { } value)
        {
            return comparison switch
            {
                Distinct => new NullState(operand.Column, IsNull: false),
                NotDistinct => new NullState(operand.Column, IsNull: true),
                _ => Condition.Never,
            };
        }

        if (operand.HasOtherInfinities && (value.Whole >= long.MaxValue || value.Whole <= -long.MaxValue))
            return Condition.Always;
        return comparison switch
        {
            Distinct => AnyOf.Of([new NullState(operand.Column, IsNull: true), OfValue(operand, NotEqual, value)]),
            NotDistinct => OfValue(operand, Equal, value),
            _ => OfValue(operand, comparison, value),
        };
    }

    private static Condition OfValue(PlanOperand operand, string comparison, ZoneValue value) => value.Kind switch
    {
        ZoneKind.Whole when operand.IsExact => OfWhole(operand, comparison, value.Whole),
        ZoneKind.Whole => OfRounded(operand, comparison, value.Whole),
        ZoneKind.Real => OfReal(operand, comparison, value.Real),
        _ => OfBytes(operand, comparison, value),
    };

    private static Condition OfWhole(PlanOperand operand, string comparison, Int128 value)
    {
        // The stored value times the numerator is compared: floor and rest of the constant tell which stored value is the last below it.
        Int128 floor = value / operand.Numerator;
        Int128 rest = value - (floor * operand.Numerator);
        if (rest < 0)
            (floor, rest) = (floor - 1, rest + operand.Numerator);
        bool isMet = rest == 0;
        return comparison switch
        {
            Equal => isMet ? Range(operand, floor, floor) : Condition.Never,
            NotEqual => isMet ? new NoneOf(operand.Column, [ZoneValue.Of(floor)]) : new NullState(operand.Column, IsNull: false),
            Less => Range(operand, null, isMet ? floor - 1 : floor),
            LessOrEqual => Range(operand, null, floor),
            Greater => Range(operand, floor + 1, null),
            GreaterOrEqual => Range(operand, isMet ? floor : floor + 1, null),
            _ => Condition.Always,
        };
    }

    private static Within Range(PlanOperand operand, Int128? least, Int128? greatest) =>
        new(operand.Column, least is { } from ? ZoneValue.Of(from) : null, greatest is { } to ? ZoneValue.Of(to) : null);

    private static Condition OfRounded(PlanOperand operand, string comparison, Int128 value)
    {
        (ZoneValue low, ZoneValue high) = operand.Around(value);
        return comparison switch
        {
            Equal => new Within(operand.Column, low, high),
            NotEqual => new NullState(operand.Column, IsNull: false),
            Less or LessOrEqual => new Within(operand.Column, null, high),
            Greater or GreaterOrEqual => new Within(operand.Column, low, null),
            _ => Condition.Always,
        };
    }

    /// <summary>NaN is equal to itself and above all others. A bound that is excluded is moved to the next number, infinity aside.</summary>
    private static Condition OfReal(PlanOperand operand, string comparison, double value)
    {
        bool isNaN = double.IsNaN(value);
        ZoneValue bound = ZoneValue.OfReal(value);
        return comparison switch
        {
            Equal => new Within(operand.Column, bound, bound),
            NotEqual => isNaN ? BelowNaN(operand) : new NoneOf(operand.Column, [bound]),
            Less => isNaN ? BelowNaN(operand) : new Within(operand.Column, null, ZoneValue.OfReal(double.BitDecrement(value))),
            LessOrEqual => new Within(operand.Column, null, bound),
            Greater => isNaN ? Condition.Never : new Within(operand.Column, ZoneValue.OfReal(double.BitIncrement(value)), null),
            GreaterOrEqual => new Within(operand.Column, bound, null),
            _ => Condition.Always,
        };
    }

    private static Within BelowNaN(PlanOperand operand) => new(operand.Column, null, ZoneValue.OfReal(double.PositiveInfinity));

    /// <summary>The next text after one is that with a NUL behind it. There is no last one before it: that bound is taken as included.</summary>
    private static Condition OfBytes(PlanOperand operand, string comparison, ZoneValue value) => comparison switch
    {
        Equal => new Within(operand.Column, value, value),
        NotEqual => new NoneOf(operand.Column, [value]),
        Less or LessOrEqual => new Within(operand.Column, null, value),
        Greater => new Within(operand.Column, ZoneValue.OfBytes([.. value.Bytes, 0]), null),
        GreaterOrEqual => new Within(operand.Column, value, null),
        _ => Condition.Always,
    };
}
