using Varve.Storage.Tests.FileSystem;

namespace Varve.Storage.Tests;

/// <summary>Options of an engine on a disk in memory that fails when told to, with a log of small pages and files.</summary>
internal static class SimulatedOptions
{
    public static StorageOptions On(FaultyFileSystem disk) => new()
    {
        Directory = Path.Combine(FaultyFileSystem.Root, "node"),
        FileSystem = disk,
        TailMemoryLimitBytes = 1 << 30,
        LogSizes = new LogSizes { PageBytes = 4096, MemoryBytes = 32 << 10, SegmentBytes = 16 << 10, ZeroAheadBytes = 0 },
    };
}
