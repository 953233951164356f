using Varve.Query.Scan;

namespace Varve.Query.Pruning;

/// <summary>Where an output of a plan's operator comes from.</summary>
/// <param name="Column">A column of the scan; null for anything else.</param>
/// <param name="Type">Its SQL type, as <see cref="PlanTypes.Name"/> names it.</param>
/// <param name="Mark">For a truth value that says whether a row is in a long IN list: which list.</param>
internal sealed record PlanColumn(ScanColumn? Column, string Type = "", PlanList? Mark = null);
