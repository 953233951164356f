using Google.Protobuf;
using Varve.Protocol.Flight;
using Varve.Protocol.V1;
using Varve.Server.Append;

namespace Varve.Server.Flight;

/// <summary>The batches of one DoPut, as an append takes them. One side reads, one side answers.</summary>
/// <param name="stream">Where they go.</param>
/// <param name="reader">Its schema is read.</param>
/// <param name="answersEachBatch">Whether each batch gets a PutResult with its AppendResponse; else the rows are only counted.</param>
internal sealed class PutRows(string stream, PutReader reader, bool answersEachBatch) : IAppendSource
{
    private ulong _batchCount;

    public string Stream { get; } = stream;

    public long AppendedRowCount { get; private set; }

    public async ValueTask<AppendRows?> ReadAsync(CancellationToken cancellationToken)
    {
        if (await reader.ReadBatchAsync(cancellationToken) is not { } batch)
            return null;
        return new AppendRows(_batchCount++, Stream, batch.Rows, batch.Message.SizeBytes, Memory: batch.Message);
    }

    public IMessage? Answer(AppendResponse response)
    {
        AppendedRowCount += response.RowCount;
        return answersEachBatch ? new PutResult { AppMetadata = response.ToByteString() } : null;
    }
}
