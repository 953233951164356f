using Varve.Arrow;
using Varve.Arrow.Transform;
using Varve.Arrow.Validation;
using Varve.Arrow.Values;
using Varve.Protocol.V1;
using Varve.Server.Errors;
using Varve.Server.Flight;

namespace Varve.Server.FlightSql.Statements;

/// <summary>Reads what a client binds to a prepared statement.</summary>
internal static class ParameterBatch
{
    /// <summary>The values are kept until others are bound.</summary>
    private const long BytesMax = 16L << 20;

    /// <summary>The batches of a DoPut as one, a row per execution; null where there are no rows, which unbinds.</summary>
    /// <param name="reader">Opened, its schema not yet read.</param>
    /// <param name="placeholders">Null: the statement has none.</param>
    /// <param name="cancelled">Ends the read.</param>
    /// <exception cref="Rpc.RpcException">The columns do not fit the placeholders in number, or the values take too much.</exception>
    /// <exception cref="ArrowFormatException">The batches are damaged.</exception>
    public static async Task<RecordBatch?> ReadAsync(PutReader reader, Schema? placeholders, CancellationToken cancelled)
    {
        Schema schema = await reader.ReadSchemaAsync(cancelled) ?? throw ErrorMapper.InvalidRequest("the DoPut of parameters sent no schema");
        int expected = placeholders?.Fields.Count ?? 0;
        if (schema.Fields.Count != expected)
        {
            throw ErrorMapper.Create(ErrorCode.SqlInvalid,
                $"the statement has {expected} parameters ({placeholders}) and {schema.Fields.Count} columns were sent ({schema})");
        }

        var batches = new List<RecordBatch>();
        long bytes = 0;
        while (await reader.ReadBatchAsync(cancelled) is { } batch)
        {
            // The message is not given back to the pool: the values stay where they are.
            ArrayValidation.Validate(batch.Rows);
            RecordBatch plain = DictionaryDecoder.Flatten(batch.Rows, BytesMax);
            bytes += Math.Max(batch.Message.SizeBytes, ArraySize.Bytes(plain));
            if (bytes > BytesMax)
                throw ErrorMapper.Create(ErrorCode.BatchTooLarge, $"the parameters take more than {BytesMax} bytes; bind fewer rows at a time");
            batches.Add(plain);
        }

        return expected == 0 || batches.Sum(b => b.RowCount) == 0 ? null : ArrayConcat.Concat(batches);
    }
}
