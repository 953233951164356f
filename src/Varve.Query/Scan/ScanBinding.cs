using Varve.Query.Scan.Planning;

namespace Varve.Query.Scan;

/// <summary>One mention of a stream in a planned statement: what bind found out. Lives as long as the plan.</summary>
internal sealed record ScanBinding(StatementScope Scope, string Stream, ScanColumn[] Columns, ColumnBounds Bounds);
