using System.Buffers.Binary;

namespace Varve.Storage.Records;

/// <summary>What an append record says of its rows before they are looked at (<see cref="RecordFormat"/>).</summary>
internal readonly record struct AppendHeader(long StreamId, long FirstOffset, int RowCount, int Part, int PartCount)
{
    /// <summary>Null where the bytes are too few for one.</summary>
    public static AppendHeader? TryRead(ReadOnlySpan<byte> record) => record.Length < RecordFormat.AppendHeaderBytes ? null : new AppendHeader(
        BinaryPrimitives.ReadInt64LittleEndian(record[RecordFormat.StreamIdAt..]),
        BinaryPrimitives.ReadInt64LittleEndian(record[RecordFormat.BodyAt..]),
        BinaryPrimitives.ReadInt32LittleEndian(record[RecordFormat.RowCountAt..]),
        BinaryPrimitives.ReadUInt16LittleEndian(record[RecordFormat.PartAt..]),
        BinaryPrimitives.ReadUInt16LittleEndian(record[RecordFormat.PartCountAt..]));
}
