using Varve.Storage.Zones;

namespace Varve.Query.Pruning;

/// <summary>A constant of a plan.</summary>
/// <param name="Type">Its SQL type, as <see cref="PlanTypes.Name"/> names it.</param>
/// <param name="Value">In the unit and order of the type; null for NULL.</param>
internal readonly record struct PlanConstant(string Type, ZoneValue? Value);
