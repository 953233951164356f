using System.Buffers;
using System.Buffers.Binary;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Storage.Keys;
using Varve.Storage.Streams;

namespace Varve.Storage.Records;

/// <summary>Append records as bytes (<see cref="RecordFormat"/>). Any thread.</summary>
internal static class AppendEncoder
{
    /// <summary>
    /// Encodes rows that have the projection's columns, and seals them. The result is larger than the rows by the headers of record, batch and
    /// columns.
    /// </summary>
    /// <param name="streamId">The stream.</param>
    /// <param name="columns">The columns that the rows have.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="compression">Of the buffers.</param>
    /// <param name="sealer">The stream's; null where nothing is encrypted.</param>
    public static EncodedAppend Encode(
        long streamId, ColumnProjection columns, RecordBatch rows, BodyCompression compression, RecordSealer? sealer)
    {
        BatchMessage message = BatchEncoder.Encode(rows, compression);
        int listAt = sealer is null ? RecordFormat.AppendHeaderBytes : RecordFormat.SealedAppendHeaderBytes;
        int listBytes = columns.IsPrefix ? 0 : RecordFormat.Padded(2 * columns.Indexes.Length);
        int headBytes = listAt + listBytes + (sealer is null ? 0 : SealedRows.TagBytes);
        int length = checked((int)(headBytes + message.Header.Length + message.BodyLengthBytes));
        byte[] bytes = ArrayPool<byte>.Shared.Rent(length);
        Span<byte> head = bytes.AsSpan(0, headBytes);
        head.Clear();
        RecordFormat.WriteRecordHeader(head, length, RecordKind.Append, streamId, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(
            head[RecordFormat.FlagsAt..],
            (ushort)((columns.IsPrefix ? 0 : RecordFormat.ColumnsListed) | (sealer is null ? 0 : RecordFormat.Sealed)));
        BinaryPrimitives.WriteInt32LittleEndian(head[RecordFormat.RowCountAt..], rows.RowCount);
        BinaryPrimitives.WriteUInt16LittleEndian(head[RecordFormat.ColumnCountAt..], checked((ushort)columns.Indexes.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(head[RecordFormat.BatchHeaderBytesAt..], (uint)message.Header.Length);
        if (!columns.IsPrefix)
            WriteList(head[listAt..], columns.Indexes);
        Copy(message, bytes.AsSpan(headBytes, length - headBytes));
        sealer?.Seal(bytes.AsSpan(0, length));
        return new EncodedAppend(bytes, length, sealer);
    }

    private static void WriteList(Span<byte> list, int[] indexes)
    {
        for (int i = 0; i < indexes.Length; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(list[(2 * i)..], checked((ushort)indexes[i]));
    }

    private static void Copy(BatchMessage message, Span<byte> target)
    {
        message.Header.Span.CopyTo(target);
        target = target[message.Header.Length..];
        foreach (ReadOnlyMemory<byte> part in message.Body)
        {
            part.Span.CopyTo(target);
            target = target[part.Length..];
        }
    }
}
