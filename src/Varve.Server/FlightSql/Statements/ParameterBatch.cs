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
    /// <param name="reader">Its schema has been read.</param>
    /// <param name="schema">That schema.</param>
    /// <param name="placeholders">Null: the statement has none.</param>
    /// <param name="cancelled">Ends the read.</param>
    /// <exception cref="Rpc.RpcException">The columns do not fit the placeholders in number, or the values take too much.</exception>
    /// <exception cref="ArrowFormatException">The batches are damaged.</exception>
    public static async Task<RecordBatch?> ReadAsync(PutReader reader, Schema schema, Schema? placeholders, CancellationToken cancelled)
    {
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
