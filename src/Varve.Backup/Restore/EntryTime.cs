using System.Buffers.Binary;
using Varve.Storage;
using Varve.Storage.Log;
using Varve.Storage.Records;

namespace Varve.Backup.Restore;

/// <summary>When a node accepted what is in an entry. Without state.</summary>
internal static class EntryTime
{
    /// <summary>The newest time of its records.</summary>
    public static DateTimeOffset Of(LogPosition position, long term, ReadOnlyMemory<byte> payload)
    {
        long micros = 0;
        RecordReader.Split(new LogEntry(position, term, payload), record =>
            micros = Math.Max(micros, BinaryPrimitives.ReadInt64LittleEndian(record.Span[RecordFormat.TimeAt..])));
        return DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);
    }
}
