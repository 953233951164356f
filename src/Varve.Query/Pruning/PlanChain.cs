using System.Text.Json;
using Varve.Query.Pruning.Conditions;

namespace Varve.Query.Pruning;

/// <summary>A chain of row-wise operators over one scan, as it looks above its topmost operator.</summary>
/// <param name="Outputs">Where each output column comes from; null for what is computed.</param>
/// <param name="Conjuncts">What rows of the scan must fulfil; the list is live, filters further up add to it.</param>
internal sealed record PlanChain(PlanColumn?[] Outputs, List<Condition> Conjuncts)
{
    /// <summary>The outputs in the order that a list of indexes in the plan's node says; all where there is none.</summary>
    public static PlanColumn?[] Pick(PlanColumn?[] outputs, JsonElement node, string list) =>
        node.TryGetProperty(list, out JsonElement indexes) && indexes.GetArrayLength() > 0
            ? [.. indexes.EnumerateArray().Select(i => outputs[i.GetInt32()])]
            : outputs;
}
