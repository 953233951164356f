using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Arrow.Json;
using Varve.Arrow.Transform;
using Varve.Arrow.Validation;
using Varve.Arrow.Values;
using Varve.Protocol.V1;
using Varve.Server.Calls;
using Varve.Server.Errors;
using Varve.Server.Rows;
using Varve.Storage;

namespace Varve.Server.Append;

/// <summary>
/// Makes one batch of a request's rows, whatever their form. Remembers the Arrow schema and dictionaries that earlier requests of the call brought
/// for each stream. For one thread.
/// </summary>
/// <param name="services">The limits, and the streams.</param>
/// <param name="share">Pays for what is remembered.</param>
internal sealed class RowDecoder(AppendServices services, CallShare share)
{
    /// <summary>Each stream of a call may hold dictionaries.</summary>
    private const int MaxArrowStreams = 1000;

    /// <summary>By stream, whose names do not differ by case alone.</summary>
    private readonly Dictionary<string, IpcPieceReader> _arrow = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What the schema of each stream takes, for as long as it is the same.</summary>
    private readonly Dictionary<IpcPieceReader, (Schema? Schema, long Bytes)> _schemas = [];
    private long _schemaBytes;
    private long _dictionaryBytes;

    /// <exception cref="Rpc.RpcException">The request has no rows, or they are damaged or do not fit the stream.</exception>
    /// <exception cref="StorageException">There is no such stream.</exception>
    public RecordBatch Decode(string stream, AppendRequest request)
    {
        try
        {
            return request.RowsCase switch
            {
                AppendRequest.RowsOneofCase.Arrow => DecodeArrow(stream, request.Arrow.Memory),
                AppendRequest.RowsOneofCase.Columns => ColumnBatchReader.Read(
                    services.Engine.Describe(stream), request.Columns, services.IpcLimits.MaxBodyBytes),
                AppendRequest.RowsOneofCase.Json => JsonRows.Parse(
                    services.Engine.Describe(stream).Schema, request.Json.Span, services.IpcLimits.MaxBodyBytes),
                _ => throw ErrorMapper.InvalidRequest(
                    $"cannot append to stream '{stream}': the request has no rows (arrow, columns or json)", stream),
            };
        }
        catch (ArrowFormatException e)
        {
            ErrorCode code = e.IsBeyondLimit ? ErrorCode.BatchTooLarge : ErrorCode.InvalidData;
            throw ErrorMapper.Create(code, $"cannot append to stream '{stream}': {e.Message}", stream, inner: e);
        }
    }

    private RecordBatch DecodeArrow(string stream, ReadOnlyMemory<byte> piece)
    {
        if (!_arrow.TryGetValue(stream, out IpcPieceReader? reader))
        {
            services.Engine.Describe(stream);
            if (_arrow.Count == MaxArrowStreams)
            {
                throw ErrorMapper.InvalidRequest(
                    $"cannot append to stream '{stream}': one call appends Arrow data to {MaxArrowStreams} streams at most", stream);
            }

            _arrow.Add(stream, reader = new IpcPieceReader(services.IpcLimits));
        }

        IReadOnlyList<RecordBatch> batches = ReadPiece(stream, reader, piece);
        return batches.Count switch
        {
            0 => Empty(reader.Schema, stream),
            1 => batches[0],
            _ => Join(batches, stream),
        };
    }

    /// <summary>Reads, and pays for what is kept of it: a call may name many streams, and each of them brings a schema and dictionaries.</summary>
    private IReadOnlyList<RecordBatch> ReadPiece(string stream, IpcPieceReader reader, ReadOnlyMemory<byte> piece)
    {
        _dictionaryBytes -= reader.DictionaryBytes;
        IReadOnlyList<RecordBatch> batches = reader.Read(piece);
        _dictionaryBytes += reader.DictionaryBytes;
        (Schema? known, long bytes) = _schemas.GetValueOrDefault(reader);
        if (!ReferenceEquals(known, reader.Schema))
        {
            long newBytes = SchemaSize.Bytes(reader.Schema!);
            _schemaBytes += newBytes - bytes;
            _schemas[reader] = (reader.Schema, newBytes);
        }

        share.Hold(_schemaBytes + _dictionaryBytes, $"cannot append to stream '{stream}': the schemas and dictionaries of the call");
        return batches;
    }

    private static RecordBatch Empty(Schema? schema, string stream) => schema is null
        ? throw ErrorMapper.Create(ErrorCode.InvalidData, $"cannot append to stream '{stream}': the Arrow data holds no message", stream)
        : JsonRows.Parse(DictionaryDecoder.Flatten(schema), "[]"u8);

    /// <summary>The batches of one request become one, since they are taken together or not at all. Dictionaries may change between them.</summary>
    private RecordBatch Join(IReadOnlyList<RecordBatch> batches, string stream)
    {
        List<RecordBatch> plain = [];
        long rowCount = 0;
        long bytes = 0;
        foreach (RecordBatch batch in batches)
        {
            if (!batch.Schema.Equals(batches[0].Schema))
                throw ErrorMapper.Create(ErrorCode.InvalidData, $"cannot append to stream '{stream}': the schema changes within one request", stream);

            // Rows weigh at least one byte each to the engine, so it would refuse more of them anyway.
            rowCount += batch.RowCount;
            if (rowCount > services.MaxBatchBytes)
            {
                throw ErrorMapper.Create(
                    ErrorCode.BatchTooLarge, $"cannot append to stream '{stream}': the request has more than {services.MaxBatchBytes} rows", stream);
            }

            ArrayValidation.Validate(batch);
            plain.Add(DictionaryDecoder.Flatten(batch, services.FlattenBytesMax));

            // The engine would refuse more, but only after all of it is copied into one.
            bytes += ArraySize.Bytes(plain[^1]);
            if (bytes > services.MaxBatchBytes)
            {
                throw ErrorMapper.Create(ErrorCode.BatchTooLarge,
                    $"cannot append to stream '{stream}': its batches take more than {services.MaxBatchBytes} bytes; send fewer rows at a time",
                    stream);
            }
        }

        return ArrayConcat.Concat(plain);
    }
}
