using Varve.Arrow;

namespace Varve.Server.Flight;

/// <summary>What a DoGet answers: a schema, which goes out first and also where there are no rows, and the batches as they come.</summary>
internal sealed record FlightRows(Schema Schema, IAsyncEnumerable<FlightBatch> Batches)
{
    /// <summary>A result that is there as a whole.</summary>
    public static FlightRows Of(RecordBatch batch) => new(batch.Schema, One(batch));

    private static async IAsyncEnumerable<FlightBatch> One(RecordBatch batch)
    {
        await Task.CompletedTask;
        yield return new FlightBatch(batch);
    }
}
