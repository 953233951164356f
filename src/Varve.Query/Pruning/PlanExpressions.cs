using System.Text.Json;
using Varve.Storage.Zones;

namespace Varve.Query.Pruning;

/// <summary>Turns the expressions of a plan's filters into conditions: comparisons of a column with constants, and their AND and OR.</summary>
internal sealed class PlanExpressions(PlanConstants constants)
{
    public static string ClassOf(JsonElement expression) => expression.GetProperty("expression_class").GetString() ?? "";

    /// <summary>The column that an expression is, or null.</summary>
    public static PlanColumn? Reference(JsonElement expression, PlanColumn?[] outputs) =>
        ClassOf(expression) == "BOUND_REF" ? outputs[expression.GetProperty("index").GetInt32()] : null;

    public static Condition Equal(PlanColumn column, PlanConstant? constant) =>
        PlanOperand.Of(column) is { } operand ? Compare(operand, "COMPARE_EQUAL", constant) : Pruning.Condition.Always;

    public Condition Condition(JsonElement expression, PlanColumn?[] outputs)
    {
        string type = expression.GetProperty("type").GetString() ?? "";
        switch (ClassOf(expression))
        {
            case "BOUND_CONJUNCTION":
                Condition[] parts = [.. expression.GetProperty("children").EnumerateArray().Select(c => Condition(c, outputs))];
                return type switch
                {
                    "CONJUNCTION_AND" => new Condition.All(parts),
                    "CONJUNCTION_OR" => new Condition.Any(parts),
                    _ => Pruning.Condition.Always,
                };
            case "BOUND_COMPARISON":
                return Comparison(expression, type, outputs);
            case "BOUND_BETWEEN":
                // An exclusive bound is taken as inclusive: wider is safe.
                return PlanOperand.Of(expression.GetProperty("input"), outputs) is not { } between
                    ? Pruning.Condition.Always
                    : new Condition.All(
                    [
                        Compare(between, "COMPARE_GREATERTHANOREQUALTO", constants.Read(expression.GetProperty("lower"))),
                        Compare(between, "COMPARE_LESSTHANOREQUALTO", constants.Read(expression.GetProperty("upper"))),
                    ]);
            case "BOUND_OPERATOR" when type == "COMPARE_IN":
                JsonElement[] operands = [.. expression.GetProperty("children").EnumerateArray()];
                return PlanOperand.Of(operands[0], outputs) is not { } tested
                    ? Pruning.Condition.Always
                    : new Condition.Any([.. operands[1..].Select(o => Compare(tested, "COMPARE_EQUAL", constants.Read(o)))]);
            case "BOUND_REF":
                return Reference(expression, outputs)?.Truth ?? Pruning.Condition.Always;
            default:
                return Pruning.Condition.Always;
        }
    }

    private Condition Comparison(JsonElement expression, string type, PlanColumn?[] outputs)
    {
        JsonElement left = expression.GetProperty("left");
        JsonElement right = expression.GetProperty("right");
        if (PlanOperand.Of(left, outputs) is { } leftOperand)
            return Compare(leftOperand, type, constants.Read(right));
        return PlanOperand.Of(right, outputs) is { } rightOperand
            ? Compare(rightOperand, Flip(type), constants.Read(left))
            : Pruning.Condition.Always;
    }

    private static string Flip(string comparison) => comparison switch
    {
        "COMPARE_LESSTHAN" => "COMPARE_GREATERTHAN",
        "COMPARE_LESSTHANOREQUALTO" => "COMPARE_GREATERTHANOREQUALTO",
        "COMPARE_GREATERTHAN" => "COMPARE_LESSTHAN",
        "COMPARE_GREATERTHANOREQUALTO" => "COMPARE_LESSTHANOREQUALTO",
        _ => comparison,
    };

    private static Condition Compare(PlanOperand operand, string comparison, PlanConstant? constant)
    {
        if (constant is not { } value || value.Type != operand.Type || !operand.CanCompare(value.Value))
            return Pruning.Condition.Always;
        (ZoneValue low, ZoneValue high) = operand.Stored(value.Value);
        return comparison switch
        {
            "COMPARE_EQUAL" => new Condition.Within(operand.Column, low, high),
            "COMPARE_LESSTHAN" or "COMPARE_LESSTHANOREQUALTO" => new Condition.Within(operand.Column, null, high),
            "COMPARE_GREATERTHAN" or "COMPARE_GREATERTHANOREQUALTO" => new Condition.Within(operand.Column, low, null),
            _ => Pruning.Condition.Always,
        };
    }
}
