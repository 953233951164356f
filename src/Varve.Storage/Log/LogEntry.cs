namespace Varve.Storage.Log;

/// <summary>One entry as it stands in the log.</summary>
/// <param name="Position">Its number.</param>
/// <param name="Term">The term of leadership in which it was written.</param>
/// <param name="Payload">Valid only during the callback that hands it over: the memory is used again for the next entries.</param>
internal readonly record struct LogEntry(LogPosition Position, long Term, ReadOnlyMemory<byte> Payload);
