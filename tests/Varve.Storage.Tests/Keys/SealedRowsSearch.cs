using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Log;
using Varve.Storage.Records;

namespace Varve.Storage.Tests.Keys;

/// <summary>
/// Reads the log of a closed directory as a thief would who has the directory with all its keys: what append records does it open?
/// </summary>
internal static class SealedRowsSearch
{
    /// <summary>A record, and what the keyring says of the version that sealed it; the greatest position there is for the current one.</summary>
    public sealed record Found(LogPosition Position, int KeyVersion, LogPosition LastPositionOfVersion);

    /// <summary>How many append records of the stream any key of the directory opens, be it another stream's.</summary>
    public static async Task<int> OpenableAsync(StorageOptions options, long streamId)
    {
        Keyring keys = await OpenKeyringAsync(options);
        List<StreamKey> all = [.. Enumerable.Range(0, (int)keys.KeyedUpTo + 1).SelectMany(id => keys.Versions(id)).Select(v => v.Key)];
        int openable = 0;
        await ForEachAsync(options, streamId, (_, record) =>
        {
            int rowsAt = SealedRows.TagAt(record) + SealedRows.TagBytes;
            byte[] rows = new byte[record.Length - rowsAt];

            // Under its own name, and under that of the record's stream and version.
            openable += all.Any(key => new[] { key, new StreamKey(streamId, BitConverter.ToInt32(record, RecordFormat.KeyVersionAt), key.Secret) }
                .Any(k => new RecordOpener(Only(k)).Open(record, k.StreamId, rows) is null)) ? 1 : 0;
        });
        return openable;
    }

    public static async Task<List<Found>> RecordsAsync(StorageOptions options, long streamId)
    {
        Keyring keys = await OpenKeyringAsync(options);
        List<Found> found = [];
        await ForEachAsync(options, streamId, (position, record) =>
        {
            int version = BitConverter.ToInt32(record, RecordFormat.KeyVersionAt);
            LogPosition last = keys.Versions(streamId).Single(v => v.Key.Version == version).LastPosition;
            found.Add(new Found(position, version, last == LogPosition.None ? new LogPosition(long.MaxValue) : last));
        });
        Assert.NotEmpty(found);
        return found;
    }

    private static Keyring Only(StreamKey key)
    {
        KeyringStore nowhere = new(LinuxFileSystem.Instance, "", RootKeySource.FromVariable(""), RootKey.Create(), 0);
        return new Keyring(nowhere, new KeyringContent(key.StreamId, [new KeyVersion(key, 0, LogPosition.None)]), TimeProvider.System);
    }

    private static Task<Keyring> OpenKeyringAsync(StorageOptions options) =>
        KeyringOpening.OpenAsync(options.FileSystem, options.Directory, true, options.Keys, options.Time, CancellationToken.None);

    private static async Task ForEachAsync(StorageOptions options, long streamId, Action<LogPosition, byte[]> see)
    {
        DurableLogOptions log = new()
        {
            Directory = Path.Combine(options.Directory, "log"),
            FileSystem = options.FileSystem,
            PageBytes = options.LogSizes.PageBytes,
            MemoryBytes = options.LogSizes.MemoryBytes,
            SegmentBytes = options.LogSizes.SegmentBytes,
            ZeroAheadBytes = 0,
        };
        await using DurableLog opened = await DurableLog.OpenAsync(log, entry => Split(entry, streamId, see), CancellationToken.None);
    }

    private static void Split(LogEntry entry, long streamId, Action<LogPosition, byte[]> see)
    {
        ReadOnlySpan<byte> rest = entry.Payload.Span[RecordFormat.EntryHeaderBytes..];
        while (!rest.IsEmpty)
        {
            byte[] record = rest[..BitConverter.ToInt32(rest)].ToArray();
            rest = rest[record.Length..];
            if (record[4] == (byte)RecordKind.Append && BitConverter.ToInt64(record, RecordFormat.StreamIdAt) == streamId)
                see(entry.Position, record);
        }
    }
}
