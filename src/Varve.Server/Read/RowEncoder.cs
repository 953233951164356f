using System.Buffers;
using Google.Protobuf;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Arrow.Json;
using Varve.Protocol.V1;
using Varve.Server.Errors;
using Varve.Server.Rows;

namespace Varve.Server.Read;

/// <summary>Turns rows into the form that a reader asked for. For one call: JSON reuses its buffer.</summary>
internal sealed class RowEncoder
{
    private readonly RowFormat _format;
    private readonly ArrayBufferWriter<byte> _json = new();

    /// <exception cref="Rpc.RpcException">The format is unknown.</exception>
    public RowEncoder(RowFormat format, string stream)
    {
        if (!Enum.IsDefined(format))
            throw ErrorMapper.InvalidRequest($"cannot read stream '{stream}': {(int)format} is no row format", stream);
        _format = format == RowFormat.Unspecified ? RowFormat.Arrow : format;
    }

    /// <summary>What goes before all rows: Arrow's schema message; null for the formats that need nothing.</summary>
    public EncodedRows? Preamble(Schema schema)
    {
        if (_format != RowFormat.Arrow)
            return null;
        byte[] message = SchemaMessage.EncodeEncapsulated(schema);
        return new EncodedRows(ReadResponse.ArrowFieldNumber, [message], message.Length);
    }

    /// <summary>Valid until the next call.</summary>
    public EncodedRows Encode(RecordBatch rows) => _format switch
    {
        RowFormat.Arrow => EncodeArrow(rows),
        RowFormat.Columns => EncodeColumns(rows),
        _ => EncodeJson(rows),
    };

    private static EncodedRows EncodeArrow(RecordBatch rows)
    {
        BatchMessage message = BatchEncoder.Encode(rows);
        return new EncodedRows(ReadResponse.ArrowFieldNumber, [message.EncapsulatedHeader(), .. message.Body], message.EncapsulatedBytes);
    }

    private static EncodedRows EncodeColumns(RecordBatch rows)
    {
        byte[] message = ColumnBatchWriter.Write(rows).ToByteArray();
        return new EncodedRows(ReadResponse.ColumnsFieldNumber, [message], message.Length);
    }

    private EncodedRows EncodeJson(RecordBatch rows)
    {
        _json.ResetWrittenCount();
        JsonRows.Write(rows, _json);
        return new EncodedRows(ReadResponse.JsonFieldNumber, [_json.WrittenMemory], _json.WrittenCount);
    }
}
