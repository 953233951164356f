using Varve.Query.Pruning.Conditions;

namespace Varve.Query.Pruning;

/// <summary>Whether an operand is in a list of constants. Immutable.</summary>
internal sealed record PlanList(PlanOperand Operand, IReadOnlyList<PlanConstant?> Constants)
{
    /// <summary>What is in none of many values is nearly everything: not worth looking at.</summary>
    private const int AvoidedCountMax = 16;

    public Condition When(bool isListed)
    {
        if (isListed)
            return AnyOf.Of(Constants.Select(c => PlanComparison.Of(Operand, PlanComparison.Equal, c)));
        return Constants.Count <= AvoidedCountMax
            ? AllOf.Of(Constants.Select(c => PlanComparison.Of(Operand, PlanComparison.NotEqual, c)))
            : new NullState(Operand.Column, IsNull: false);
    }
}
