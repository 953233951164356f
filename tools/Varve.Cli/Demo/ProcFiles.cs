using System.Globalization;

namespace Varve.Cli.Demo;

/// <summary>Reads the counters that Linux keeps in /proc. One thread at a time.</summary>
internal static class ProcFiles
{
    /// <summary>Jiffies since boot of one processor ("cpu0") by what it did.</summary>
    public readonly record struct Cpu(string Name, long User, long System, long Idle, long IoWait)
    {
        public long Total => User + System + Idle + IoWait;
    }

    /// <summary>Kilobytes, from /proc/meminfo.</summary>
    public readonly record struct Memory(long TotalKib, long AvailableKib, long CachedKib, long DirtyKib);

    /// <summary>Sectors of 512 bytes and operations since boot.</summary>
    public readonly record struct Disk(string Name, long Reads, long ReadSectors, long Writes, long WrittenSectors);

    /// <summary>Bytes and packets since boot.</summary>
    public readonly record struct Interface(string Name, long ReceivedBytes, long ReceivedPackets, long SentBytes, long SentPackets);

    /// <summary>One process: its jiffies of processor time and its resident pages.</summary>
    public readonly record struct Process(int Id, string Name, char State, long CpuJiffies, long Threads, long ResidentPages);

    public static IEnumerable<Cpu> Cpus()
    {
        foreach (string line in File.ReadLines("/proc/stat"))
        {
            string[] f = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (f[0].StartsWith("cpu", StringComparison.Ordinal) && f[0].Length > 3)
                yield return new Cpu(f[0], Number(f[1]) + Number(f[2]), Number(f[3]) + Number(f[6]) + Number(f[7]), Number(f[4]), Number(f[5]));
        }
    }

    public static Memory MemoryNow()
    {
        Dictionary<string, long> values = File.ReadLines("/proc/meminfo")
            .Select(line => line.Split([':', ' '], StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(f => f[0], f => Number(f[1]));
        return new Memory(values["MemTotal"], values["MemAvailable"], values["Cached"], values["Dirty"]);
    }

    /// <summary>Whole disks and partitions that were ever used.</summary>
    public static IEnumerable<Disk> Disks()
    {
        foreach (string line in File.ReadLines("/proc/diskstats"))
        {
            string[] f = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (f.Length >= 10 && (Number(f[3]) > 0 || Number(f[7]) > 0))
                yield return new Disk(f[2], Number(f[3]), Number(f[5]), Number(f[7]), Number(f[9]));
        }
    }

    public static IEnumerable<Interface> Interfaces()
    {
        foreach (string line in File.ReadLines("/proc/net/dev").Skip(2))
        {
            string[] f = line.Split([':', ' '], StringSplitOptions.RemoveEmptyEntries);
            if (f.Length >= 11)
                yield return new Interface(f[0], Number(f[1]), Number(f[2]), Number(f[9]), Number(f[10]));
        }
    }

    /// <summary>All processes that could be read; one that ends meanwhile is left out.</summary>
    public static IEnumerable<Process> Processes()
    {
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                continue;
            if (TryRead(Path.Combine(directory, "stat")) is { } stat)
                yield return ParseProcess(id, stat);
        }
    }

    /// <summary>The name stands in brackets and may itself hold brackets and spaces: the fields start after the last one.</summary>
    private static Process ParseProcess(int id, string stat)
    {
        int open = stat.IndexOf('(', StringComparison.Ordinal);
        int close = stat.LastIndexOf(')');
        string[] f = stat[(close + 2)..].Split(' ');
        return new Process(id, stat[(open + 1)..close], f[0][0], Number(f[11]) + Number(f[12]), Number(f[17]), Number(f[21]));
    }

    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            // The process ended between the listing and the read: there is nothing to sample.
            return null;
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
