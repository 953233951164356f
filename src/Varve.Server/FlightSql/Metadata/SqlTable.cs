using Varve.Arrow;

namespace Varve.Server.FlightSql.Metadata;

/// <summary>A stream as SQL sees it.</summary>
/// <param name="Name">The table's name.</param>
/// <param name="Schema">The columns of <c>SELECT *</c>, the system columns last.</param>
internal sealed record SqlTable(string Name, Schema Schema);
