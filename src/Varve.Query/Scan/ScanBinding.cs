namespace Varve.Query.Scan;

/// <summary>One mention of a stream in a planned statement: what bind found out. Immutable; lives as long as the plan.</summary>
internal sealed record ScanBinding(StatementScope Scope, string Stream, ScanColumn[] Columns);
