using Varve.Arrow;

namespace Varve.Server.FlightSql.Metadata;

/// <summary>The answer to a metadata command: its schema at once, its rows when they are fetched.</summary>
internal sealed record MetadataResult(Schema Schema, Func<CancellationToken, Task<RecordBatch>> FetchAsync)
{
    /// <summary>An answer that is there already.</summary>
    public static MetadataResult Of(RecordBatch batch) => new(batch.Schema, _ => Task.FromResult(batch));
}
