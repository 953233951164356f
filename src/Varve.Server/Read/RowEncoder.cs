using Google.Protobuf;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Arrow.Json;
using Varve.Protocol.V1;
using Varve.Server.Calls;
using Varve.Server.Errors;
using Varve.Server.Rows;

namespace Varve.Server.Read;

/// <summary>Turns rows into the form that a reader asked for. For one call: JSON reuses its buffer.</summary>
internal sealed class RowEncoder
{
    private const int CellCountMax = 65_536;

    private readonly RowFormat _format;
    private readonly ShareBuffer _json;

    /// <param name="format">What the reader asked for.</param>
    /// <param name="stream">For messages.</param>
    /// <param name="share">Pays for rows as text, which can take many times their size.</param>
    /// <exception cref="Rpc.RpcException">The format is unknown.</exception>
    public RowEncoder(RowFormat format, string stream, CallShare share)
    {
        if (!Enum.IsDefined(format))
            throw ErrorMapper.InvalidRequest($"cannot read stream '{stream}': {(int)format} is no row format", stream);
        _format = format == RowFormat.Unspecified ? RowFormat.Arrow : format;
        _json = new ShareBuffer(share, $"a message of rows of stream '{stream}' as {_format}");
    }

    /// <summary>What goes before all rows: Arrow's schema message; null for the formats that need nothing.</summary>
    public EncodedRows? Preamble(Schema schema)
    {
        if (_format != RowFormat.Arrow)
            return null;
        byte[] message = SchemaMessage.EncodeEncapsulated(schema);
        return new EncodedRows(ReadResponse.ArrowFieldNumber, [message], message.Length);
    }

    /// <summary>Rows that one message can have in this format, however small they are: a value costs text even where it takes no bytes.</summary>
    public int RowCountMax(int columnCount) => _format == RowFormat.Arrow ? int.MaxValue : Math.Max(1, CellCountMax / Math.Max(1, columnCount));

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

    private EncodedRows EncodeColumns(RecordBatch rows)
    {
        byte[] message = ColumnBatchWriter.Write(rows, _json).ToByteArray();
        return new EncodedRows(ReadResponse.ColumnsFieldNumber, [message], message.Length);
    }

    private EncodedRows EncodeJson(RecordBatch rows)
    {
        _json.Clear();
        JsonRows.Write(rows, _json);
        return new EncodedRows(ReadResponse.JsonFieldNumber, [_json.Written], _json.Written.Length);
    }
}
