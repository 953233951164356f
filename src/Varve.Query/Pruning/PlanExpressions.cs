using System.Text.Json;
using Varve.Query.Pruning.Conditions;
using Varve.Storage.Zones;

namespace Varve.Query.Pruning;

/// <summary>
/// Turns the expressions of a plan's filters into conditions. NOT is carried down to the comparisons, because "may be true" says nothing about "may
/// be false": each expression is read for the outcome that is wanted of it.
/// </summary>
internal sealed class PlanExpressions(PlanConstants constants)
{
    public static string ClassOf(JsonElement expression) => expression.GetProperty("expression_class").GetString() ?? "";

    /// <summary>The column that an expression is, or null.</summary>
    public static PlanColumn? Reference(JsonElement expression, PlanColumn?[] outputs) =>
        ClassOf(expression) == "BOUND_REF" ? outputs[expression.GetProperty("index").GetInt32()] : null;

    /// <summary>Which rows may make the expression true, or false; null is neither.</summary>
    public Condition When(bool wanted, JsonElement expression, PlanColumn?[] outputs)
    {
        string type = expression.GetProperty("type").GetString() ?? "";
        return ClassOf(expression) switch
        {
            "BOUND_CONJUNCTION" => Conjunction(wanted, type, expression, outputs),
            "BOUND_COMPARISON" => Comparison(wanted, type, expression, outputs),
            "BOUND_BETWEEN" => Between(wanted, expression, outputs),
            "BOUND_OPERATOR" => Operator(wanted, type, expression, outputs),
            "BOUND_FUNCTION" => PlanFunctions.When(wanted, expression, outputs, constants),
            "BOUND_REF" when Reference(expression, outputs) is { } column => Truth(wanted, column),
            _ => Condition.Always,
        };
    }

    /// <summary>The marks of long IN lists have their own conditions; any other truth value is a column.</summary>
    private static Condition Truth(bool wanted, PlanColumn column)
    {
        if (column.Mark is { } mark)
            return mark.When(wanted);
        return PlanOperand.Of(column) is { Type: PlanTypes.Boolean } operand ? IsTruth(operand, wanted) : Condition.Always;
    }

    private static Condition IsTruth(PlanOperand operand, bool wanted) =>
        PlanComparison.Of(operand, PlanComparison.Equal, new PlanConstant(PlanTypes.Boolean, ZoneValue.Of(wanted ? 1 : 0)));

    private Condition Conjunction(bool wanted, string type, JsonElement expression, PlanColumn?[] outputs)
    {
        IEnumerable<Condition> parts = expression.GetProperty("children").EnumerateArray().Select(c => When(wanted, c, outputs));
        return (type, wanted) switch
        {
            ("CONJUNCTION_AND", true) or ("CONJUNCTION_OR", false) => AllOf.Of(parts),
            ("CONJUNCTION_AND", false) or ("CONJUNCTION_OR", true) => AnyOf.Of(parts),
            _ => Condition.Always,
        };
    }

    private Condition Comparison(bool wanted, string type, JsonElement expression, PlanColumn?[] outputs)
    {
        JsonElement left = expression.GetProperty("left");
        JsonElement right = expression.GetProperty("right");
        string comparison = wanted ? type : PlanComparison.Negate(type);
        if (PlanOperand.Of(left, outputs) is { } leftOperand)
            return PlanComparison.Of(leftOperand, comparison, constants.Read(right));
        if (PlanOperand.Of(right, outputs) is { } rightOperand)
            return PlanComparison.Of(rightOperand, PlanComparison.Flip(comparison), constants.Read(left));
        return constants.Read(right) is { Type: PlanTypes.Boolean, Value: { } truth }
            ? TruthTest(comparison, left, truth.Whole != 0, outputs)
            : Condition.Always;
    }

    /// <summary>A condition compared with true or false. IS NOT TRUE, which a null fulfils too, is not followed.</summary>
    private Condition TruthTest(string comparison, JsonElement tested, bool truth, PlanColumn?[] outputs) => comparison switch
    {
        PlanComparison.Equal or PlanComparison.NotDistinct => When(truth, tested, outputs),
        PlanComparison.NotEqual => When(!truth, tested, outputs),
        _ => Condition.Always,
    };

    private Condition Between(bool wanted, JsonElement expression, PlanColumn?[] outputs)
    {
        if (PlanOperand.Of(expression.GetProperty("input"), outputs) is not { } operand)
            return Condition.Always;
        Condition low = Bound("lower", PlanComparison.GreaterOrEqual, PlanComparison.Greater);
        Condition high = Bound("upper", PlanComparison.LessOrEqual, PlanComparison.Less);
        return wanted ? AllOf.Of([low, high]) : AnyOf.Of([low, high]);

        Condition Bound(string side, string inclusive, string exclusive)
        {
            string comparison = expression.GetProperty(side + "_inclusive").GetBoolean() ? inclusive : exclusive;
            return PlanComparison.Of(operand, wanted ? comparison : PlanComparison.Negate(comparison), constants.Read(expression.GetProperty(side)));
        }
    }

    private Condition Operator(bool wanted, string type, JsonElement expression, PlanColumn?[] outputs)
    {
        JsonElement[] operands = [.. expression.GetProperty("children").EnumerateArray()];
        switch (type)
        {
            case "OPERATOR_NOT":
                return When(!wanted, operands[0], outputs);
            case "OPERATOR_IS_NULL" or "OPERATOR_IS_NOT_NULL":
                return PlanOperand.Of(operands[0], outputs) is { } tested
                    ? new NullState(tested.Column, IsNull: wanted == (type == "OPERATOR_IS_NULL"))
                    : Condition.Always;
            case "COMPARE_IN" or "COMPARE_NOT_IN" when PlanOperand.Of(operands[0], outputs) is { } listed:
                return new PlanList(listed, [.. operands[1..].Select(constants.Read)]).When(wanted == (type == "COMPARE_IN"));
            default:
                return Condition.Always;
        }
    }
}
