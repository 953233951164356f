using Varve.Arrow;
using Varve.Arrow.Builders;

namespace Varve.Server.FlightSql.Updates;

/// <summary>What a client gets that runs an update as if it were a query: one row with the number of rows that it changed, as DuckDB answers.</summary>
internal static class UpdateResult
{
    public static readonly Schema Schema = new([new Field("Count", ArrowTypes.Int64)]);

    public static RecordBatch Of(long changedRows) => new RecordBatchBuilder(Schema).AppendRow(changedRows).Build();
}
