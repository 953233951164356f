using Varve.Query.Pruning.Conditions;

namespace Varve.Query.Scan.Filtering;

/// <summary>Which share of rows fulfils a condition, as a guess before anything was measured.</summary>
internal static class ExpectedShares
{
    public static double Of(Condition condition) => condition switch
    {
        Within { IsPoint: true } => 0.01,
        OneOf => 0.05,
        Within { Least: not null, Greatest: not null } => 0.1,
        Within => 0.4,
        TextMatch { Matches: true } => 0.2,
        AllOf all => all.Parts.Min(Of),
        AnyOf any => Math.Min(1, any.Parts.Sum(Of)),
        _ => 0.8,
    };
}
