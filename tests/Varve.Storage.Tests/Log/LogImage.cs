using System.Buffers.Binary;
using Varve.Storage.Log;
using Varve.Storage.Tests.FileSystem;

namespace Varve.Storage.Tests.Log;

/// <summary>The files of a small log, to be damaged and judged.</summary>
internal sealed class LogImage
{
    private LogImage(Dictionary<string, byte[]> files) => Files = files;

    public Dictionary<string, byte[]> Files { get; }

    public byte[] this[int file] => Files[NameOf(file)];

    public byte[] Control => Files[ControlFile.FileName];

    public static string NameOf(int file) => $"{file:D10}.log";

    /// <summary>A log of entries of the sizes, a group for each commit, closed or left as a kill leaves it.</summary>
    public static async Task<LogImage> MakeAsync(bool closed, params int[][] groups)
    {
        var fileSystem = new FaultyFileSystem();
        (DurableLog log, _) = await LogTesting.OpenAsync(LogTesting.Small(LogTesting.InMemory, fileSystem));
        foreach (int[] group in groups)
        {
            foreach (int size in group)
                log.Enqueue(default, LogTesting.Payload(log.AppendedUpTo.Value + 1, size));
            await log.CommitAsync();
        }

        var killed = new LogImage(fileSystem.Image(LogTesting.InMemory));
        await log.DisposeAsync();
        return closed ? new LogImage(fileSystem.Image(LogTesting.InMemory)) : killed;
    }

    public static LogImage Of(FaultyFileSystem fileSystem) => new(fileSystem.Image(LogTesting.InMemory));

    public LogImage Copy() => new(Files.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray()));

    public FaultyFileSystem ToFileSystem() => FaultyFileSystem.FromImage(LogTesting.InMemory, Files);

    /// <summary>What opening replays before it changes anything or asks FASTER, which is quicker than opening.</summary>
    public List<ReplayedEntry> Judge()
    {
        FaultyFileSystem fileSystem = ToFileSystem();
        using ControlFile control = ControlFile.Open(fileSystem, LogTesting.InMemory);
        var replayed = new List<ReplayedEntry>();
        LogRecovery.Run(
            new LogFiles(fileSystem, LogTesting.InMemory, control.Header),
            LogFiles.List(fileSystem, LogTesting.InMemory),
            control.Newest,
            entry => replayed.Add(new ReplayedEntry(entry.Position, entry.Term, entry.Payload.ToArray())),
            CancellationToken.None);
        return replayed;
    }

    public Task<List<ReplayedEntry>> ReplayAsync() => LogTesting.ReplayAsync(LogTesting.Small(LogTesting.InMemory, ToFileSystem()));

    /// <summary>Where an entry stands: its file, the offset of its first byte and of the byte behind its last.</summary>
    public (int File, int Start, int End) Find(long position)
    {
        for (int file = 0; Files.ContainsKey(NameOf(file)); file++)
        {
            byte[] bytes = this[file];
            for (int at = LogFileHeader.BlockBytes; at + LogLayout.LengthBytes + EntryHeader.Bytes <= bytes.Length; at += LogLayout.Alignment)
            {
                ReadOnlySpan<byte> header = bytes.AsSpan(at + LogLayout.LengthBytes);
                if (BinaryPrimitives.ReadUInt32LittleEndian(header) == EntryHeader.Magic
                    && BinaryPrimitives.ReadInt64LittleEndian(header[8..]) == position)
                    return (file, at, at + LogLayout.EntryBytes(BinaryPrimitives.ReadInt32LittleEndian(header[24..])));
            }
        }

        throw new InvalidOperationException($"no entry {position}");
    }
}
