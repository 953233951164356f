using Varve.Query.Scan;

namespace Varve.Query.Pruning;

/// <summary>Where an output of a plan's operator comes from.</summary>
/// <param name="Column">A column of the scan; null for anything else.</param>
/// <param name="Type">Its SQL type as the plan names it.</param>
/// <param name="Truth">For a truth value (the mark of a long IN list), when it may be true.</param>
internal sealed record PlanColumn(ScanColumn? Column, string Type = "", Condition? Truth = null);
