using Varve.Arrow;

namespace Varve.Server.FlightSql.Metadata;

/// <summary>The answer to a metadata command: its schema at once, its rows when they are fetched.</summary>
internal sealed record MetadataResult(Schema Schema, Func<RecordBatch> Fetch);
