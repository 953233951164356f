using System.Buffers.Binary;
using Varve.Storage.FileSystem;
using Varve.Storage.Log;
using Varve.Storage.Tests.FileSystem;

namespace Varve.Storage.Tests.Log;

/// <summary>Small logs, payloads whose content follows from their position, and what a log replays.</summary>
internal static class LogTesting
{
    public static DurableLogOptions Small(string directory, IFileSystem? fileSystem = null) => new()
    {
        Directory = directory,
        FileSystem = fileSystem ?? LinuxFileSystem.Instance,
        PageBytes = 4096,
        MemoryBytes = 32 << 10,
        SegmentBytes = 16 << 10,
        ZeroAheadBytes = 0,
        IdleDelay = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Where small logs in memory stand.</summary>
    public static string InMemory => Path.Combine(FaultyFileSystem.Root, "log");

    /// <summary>A payload that no other position and life of the log has.</summary>
    public static byte[] Payload(long position, int bytes, int life = 0)
    {
        var payload = new byte[bytes];
        ulong state = ((ulong)position + ((ulong)life << 40)) * 0x9E3779B97F4A7C15;
        Span<byte> word = stackalloc byte[8];
        for (int at = 0; at < bytes; at += 8)
        {
            state = (state ^ (state >> 29)) * 0xBF58476D1CE4E5B9;
            BinaryPrimitives.WriteUInt64LittleEndian(word, state);
            word[..Math.Min(8, bytes - at)].CopyTo(payload.AsSpan(at));
        }

        return payload;
    }

    public static async Task<(DurableLog Log, List<ReplayedEntry> Replayed)> OpenAsync(DurableLogOptions options)
    {
        var replayed = new List<ReplayedEntry>();
        DurableLog log = await DurableLog.OpenAsync(
            options, entry => replayed.Add(new ReplayedEntry(entry.Position, entry.Term, entry.Payload.ToArray())), CancellationToken.None);
        return (log, replayed);
    }

    /// <summary>Opens, takes what is replayed, and closes.</summary>
    public static async Task<List<ReplayedEntry>> ReplayAsync(DurableLogOptions options)
    {
        (DurableLog log, List<ReplayedEntry> replayed) = await OpenAsync(options);
        await log.DisposeAsync();
        return replayed;
    }

    /// <summary>Appends payloads of the sizes, with one commit after each.</summary>
    public static async Task AppendAsync(DurableLog log, params int[] sizes)
    {
        foreach (int size in sizes)
        {
            log.Enqueue(default, Payload(log.AppendedUpTo.Value + 1, size));
            await log.CommitAsync();
        }
    }

    /// <summary>Positions without gaps from 1, each with its own payload.</summary>
    public static void AssertWhole(IReadOnlyList<ReplayedEntry> replayed)
    {
        for (int i = 0; i < replayed.Count; i++)
        {
            Assert.Equal(new LogPosition(i + 1), replayed[i].Position);
            Assert.Equal(Payload(i + 1, replayed[i].Payload.Length), replayed[i].Payload);
        }
    }
}
