using Varve.Storage.Log;
using Varve.Storage.Records;

namespace Varve.Storage.Tests.Recovery;

/// <summary>Logs that no engine would write.</summary>
internal static class LogWriting
{
    /// <summary>Writes records behind what the engine wrote, which is closed, each in its own entry.</summary>
    public static async Task WriteRecordsAsync(this EngineHost host, params byte[][] records)
    {
        DurableLogOptions options = new()
        {
            Directory = Path.Combine(host.Directory, "log"),
            PageBytes = host.Options.LogSizes.PageBytes,
            MemoryBytes = host.Options.LogSizes.MemoryBytes,
            SegmentBytes = host.Options.LogSizes.SegmentBytes,
            ZeroAheadBytes = 0,
        };
        await using DurableLog log = await DurableLog.OpenAsync(options, _ => { }, CancellationToken.None);
        byte[] header = new byte[RecordFormat.EntryHeaderBytes];
        RecordFormat.WriteEntryHeader(header, 1);
        foreach (byte[] record in records)
            log.Enqueue(header, record);
        await log.CommitAsync();
    }

    /// <summary>Fails unless the opening finds this damage in the log.</summary>
    public static async Task DamagedAsync(this EngineHost host, string message)
    {
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => StorageEngine.OpenAsync(host.Options));
        Assert.Equal(StorageErrorCode.Corruption, e.Code);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.Contains("log entry ", e.Message, StringComparison.Ordinal);
    }
}
