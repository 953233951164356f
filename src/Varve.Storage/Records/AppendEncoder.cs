using System.Buffers;
using System.Buffers.Binary;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Storage.Streams;

namespace Varve.Storage.Records;

/// <summary>Append records as bytes (<see cref="RecordFormat"/>). Any thread.</summary>
internal static class AppendEncoder
{
    /// <summary>
    /// Encodes rows that have the projection's columns. The result is larger than the rows by the headers of record, batch and columns.
    /// </summary>
    public static EncodedAppend Encode(long streamId, ColumnProjection columns, RecordBatch rows, BodyCompression compression)
    {
        BatchMessage message = BatchEncoder.Encode(rows, compression);
        int listBytes = columns.IsPrefix ? 0 : RecordFormat.Padded(2 * columns.Indexes.Length);
        int length = checked((int)(RecordFormat.AppendHeaderBytes + listBytes + message.Header.Length + message.BodyLengthBytes));
        byte[] bytes = ArrayPool<byte>.Shared.Rent(length);
        Span<byte> head = bytes.AsSpan(0, RecordFormat.AppendHeaderBytes + listBytes);
        head.Clear();
        RecordFormat.WriteRecordHeader(head, length, RecordKind.Append, streamId, 0);
        BinaryPrimitives.WriteInt32LittleEndian(head[RecordFormat.RowCountAt..], rows.RowCount);
        BinaryPrimitives.WriteUInt16LittleEndian(head[RecordFormat.ColumnCountAt..], checked((ushort)columns.Indexes.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(head[RecordFormat.BatchHeaderBytesAt..], (uint)message.Header.Length);
        if (!columns.IsPrefix)
            WriteList(head, columns.Indexes);
        Copy(message, bytes.AsSpan(head.Length, length - head.Length));
        return new EncodedAppend(bytes, length);
    }

    private static void WriteList(Span<byte> head, int[] indexes)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(head[RecordFormat.FlagsAt..], RecordFormat.ColumnsListed);
        for (int i = 0; i < indexes.Length; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(head[(RecordFormat.AppendHeaderBytes + (2 * i))..], checked((ushort)indexes[i]));
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
