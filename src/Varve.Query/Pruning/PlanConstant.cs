using Varve.Storage.Zones;

namespace Varve.Query.Pruning;

/// <summary>A constant of a plan.</summary>
/// <param name="Type">Its SQL type as the plan names it.</param>
/// <param name="Value">In the order of the type.</param>
internal readonly record struct PlanConstant(string Type, ZoneValue Value);
