using Varve.Storage.FileSystem;
using Varve.Storage.Tests.FileSystem;

namespace Varve.Storage.Tests.Faults;

/// <summary>
/// A node that lived twice, closed in order, and how its files were after the first life: what is damaged, and what stale content is taken from. All
/// kinds of files are there, of logs and segments several. One thread.
/// </summary>
internal sealed class DamagedDirectory
{
    public const int RowCount = 700;

    private const int SectorBytes = 512;
    private const int BlockBytes = 4096;

    private static readonly string Root = Path.Combine(FaultyFileSystem.Root, "node");
    private static readonly string[] Folders = [Root, Path.Combine(Root, "log"), Path.Combine(Root, "segments")];

    private readonly FaultyFileSystem _first;
    private readonly FaultyFileSystem _second;

    private DamagedDirectory(FaultyFileSystem first, FaultyFileSystem second) => (_first, _second) = (first, second);

    /// <summary>The paths of all files that hold something.</summary>
    public IReadOnlyList<string> Files => [.. Image(_second).Keys.Where(path => Path.GetFileName(path) != DirectoryLock.FileName).Order(StringComparer.Ordinal)];

    /// <summary>Both streams have the same rows.</summary>
    public static IEnumerable<long> Expected => Enumerable.Range(0, RowCount).Select(n => (long)n);

    public static async Task<DamagedDirectory> MakeAsync()
    {
        FaultyFileSystem disk = new();
        await LiveAsync(disk, 0);
        FaultyFileSystem first = disk.Copy();
        await LiveAsync(disk, RowCount / 2);
        return new DamagedDirectory(first, disk);
    }

    /// <summary>A copy in which one file is damaged. Null where that damage makes no difference to it.</summary>
    public FaultyFileSystem? Damage(string path, DamageKind kind, Random random)
    {
        byte[] whole = Image(_second)[path];
        byte[]? stale = Image(_first).GetValueOrDefault(path);
        byte[]? damaged = kind == DamageKind.SwappedFile ? Neighbour(path, random) : Damage(whole, stale, kind, random);
        if (damaged is not null && damaged.AsSpan().SequenceEqual(whole))
            return null;
        FaultyFileSystem copy = _second.Copy();
        copy.Delete(path);
        if (kind != DamageKind.Missing)
        {
            if (damaged is null)
                return null;
            using IFile file = copy.Create(path);
            file.Write(damaged, 0);
            file.Sync();
        }

        copy.SyncDirectory(Path.GetDirectoryName(path)!);
        return copy;
    }

    /// <summary>The content of all files by their paths.</summary>
    public static Dictionary<string, byte[]> Image(FaultyFileSystem disk) => Folders
        .Where(disk.DirectoryExists)
        .SelectMany(folder => disk.Image(folder).Select(file => (Path: Path.Combine(folder, file.Key), file.Value)))
        .ToDictionary(file => file.Path, file => file.Value, StringComparer.Ordinal);

    private static byte[]? Damage(byte[] whole, byte[]? stale, DamageKind kind, Random random)
    {
        byte[] bytes = [.. whole];
        int used = Math.Max(1, whole.AsSpan().LastIndexOfAnyExcept((byte)0) + 1);
        int at = random.Next(used);
        int sector = at / SectorBytes * SectorBytes;
        switch (kind)
        {
            case DamageKind.FlippedBit:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case DamageKind.ZeroedSector:
                SectorOf(bytes, sector, SectorBytes).Clear();
                return bytes;
            case DamageKind.ZeroedBlock:
                SectorOf(bytes, at / BlockBytes * BlockBytes, BlockBytes).Clear();
                return bytes;
            case DamageKind.SwappedSectors:
                int other = random.Next(used) / SectorBytes * SectorBytes;
                int length = Math.Min(SectorOf(bytes, sector, SectorBytes).Length, SectorOf(bytes, other, SectorBytes).Length);
                whole.AsSpan(sector, length).CopyTo(bytes.AsSpan(other));
                whole.AsSpan(other, length).CopyTo(bytes.AsSpan(sector));
                return bytes;
            case DamageKind.StaleSector when stale is not null && sector < stale.Length:
                SectorOf(stale, sector, SectorBytes)[..Math.Min(stale.Length - sector, SectorOf(bytes, sector, SectorBytes).Length)]
                    .CopyTo(bytes.AsSpan(sector));
                return bytes;
            case DamageKind.Truncated:
                return bytes[..random.Next(bytes.Length)];
            case DamageKind.StaleFile:
                return stale;
            default:
                return null;
        }
    }

    private static Span<byte> SectorOf(byte[] bytes, int start, int length) => bytes.AsSpan(start, Math.Min(length, bytes.Length - start));

    /// <summary>What another file of the same kind holds.</summary>
    private byte[]? Neighbour(string path, Random random)
    {
        Dictionary<string, byte[]> image = Image(_second);
        string[] others = [.. image.Keys.Where(p => p != path && Path.GetExtension(p) == Path.GetExtension(path) && Path.GetExtension(p) is ".log" or ".seg")];
        return others.Length == 0 || Path.GetExtension(path) is not (".log" or ".seg") ? null : image[others[random.Next(others.Length)]];
    }

    /// <summary>Half of the rows of both streams, some sealed, with a rotation of keys and a checkpoint between.</summary>
    private static async Task LiveAsync(FaultyFileSystem disk, int first)
    {
        await using StorageEngine engine = await StorageEngine.OpenAsync(SimulatedOptions.On(disk) with { Compacts = false });
        foreach (string stream in (string[])["s", "t"])
        {
            if (first == 0)
                await engine.CreateStreamAsync(stream, Rows.Schema);
        }

        for (int i = 0; i < RowCount / 2; i += 50)
        {
            await engine.AppendAsync("s", Rows.Range(first + i, 50));
            await engine.AppendAsync("t", Rows.Range(first + i, 50));
            if (i is 100 or 200)
                await engine.FlushAsync("s");
            if (i == 150)
                await engine.RotateStreamKeyAsync("s");
            if (i == 200)
                await engine.CheckpointAsync();
        }
    }
}
