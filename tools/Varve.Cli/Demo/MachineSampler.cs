using Varve.Arrow;
using Varve.Arrow.Builders;

namespace Varve.Cli.Demo;

/// <summary>
/// Turns the counters of /proc into rates since the sample before. The first sample only sets the base. One thread at a time.
/// </summary>
internal sealed class MachineSampler(TimeProvider time)
{
    private const double JiffiesPerSecond = 100; // USER_HZ, which Linux keeps at 100 for all programs.
    private const int SectorBytes = 512;

    private Counters? _before;

    /// <summary>One batch for each stream that has something to say.</summary>
    public IReadOnlyList<(string Stream, RecordBatch Rows)> Sample()
    {
        Counters now = Counters.Read(time);
        Counters? before = _before;
        _before = now;
        if (before is null)
            return [];
        double seconds = time.GetElapsedTime(before.Timestamp, now.Timestamp).TotalSeconds;
        return
        [
            (MachineStream.Cpu, Cpu(before, now)),
            (MachineStream.Memory, Memory(now)),
            (MachineStream.Disk, Disk(before, now, seconds)),
            (MachineStream.Network, Network(before, now, seconds)),
            (MachineStream.Processes, Processes(before, now, seconds)),
        ];
    }

    private static RecordBatch Cpu(Counters before, Counters now)
    {
        var rows = new RecordBatchBuilder(MachineStream.All[MachineStream.Cpu]);
        foreach (ProcFiles.Cpu cpu in now.Cpus.Values)
        {
            if (!before.Cpus.TryGetValue(cpu.Name, out ProcFiles.Cpu old) || cpu.Total <= old.Total)
                continue;
            double share = 100.0 / (cpu.Total - old.Total);
            rows.AppendRow(
                now.Time, cpu.Name, (cpu.User - old.User) * share, (cpu.System - old.System) * share, (cpu.IoWait - old.IoWait) * share,
                (cpu.User - old.User + cpu.System - old.System) * share);
        }

        return rows.Build();
    }

    private static RecordBatch Memory(Counters now) =>
        new RecordBatchBuilder(MachineStream.All[MachineStream.Memory])
            .AppendRow(now.Time, now.Memory.TotalKib, now.Memory.AvailableKib, now.Memory.CachedKib, now.Memory.DirtyKib)
            .Build();

    private static RecordBatch Disk(Counters before, Counters now, double seconds)
    {
        var rows = new RecordBatchBuilder(MachineStream.All[MachineStream.Disk]);
        foreach (ProcFiles.Disk disk in now.Disks.Values)
        {
            if (before.Disks.TryGetValue(disk.Name, out ProcFiles.Disk old))
            {
                rows.AppendRow(
                    now.Time, disk.Name, (disk.ReadSectors - old.ReadSectors) * SectorBytes / seconds,
                    (disk.WrittenSectors - old.WrittenSectors) * SectorBytes / seconds, (disk.Reads - old.Reads + disk.Writes - old.Writes) / seconds);
            }
        }

        return rows.Build();
    }

    private static RecordBatch Network(Counters before, Counters now, double seconds)
    {
        var rows = new RecordBatchBuilder(MachineStream.All[MachineStream.Network]);
        foreach (ProcFiles.Interface port in now.Interfaces.Values)
        {
            if (before.Interfaces.TryGetValue(port.Name, out ProcFiles.Interface old))
            {
                rows.AppendRow(
                    now.Time, port.Name, (port.ReceivedBytes - old.ReceivedBytes) / seconds, (port.SentBytes - old.SentBytes) / seconds,
                    (port.ReceivedPackets - old.ReceivedPackets + port.SentPackets - old.SentPackets) / seconds);
            }
        }

        return rows.Build();
    }

    private static RecordBatch Processes(Counters before, Counters now, double seconds)
    {
        var rows = new RecordBatchBuilder(MachineStream.All[MachineStream.Processes]);
        foreach (ProcFiles.Process process in now.Processes.Values)
        {
            long jiffies = before.Processes.TryGetValue(process.Id, out ProcFiles.Process old) ? process.CpuJiffies - old.CpuJiffies : 0;
            rows.AppendRow(
                now.Time, (long)process.Id, process.Name, process.State.ToString(), 100 * jiffies / JiffiesPerSecond / seconds, process.Threads,
                process.ResidentPages * Environment.SystemPageSize);
        }

        return rows.Build();
    }

    private sealed record Counters(
        DateTimeOffset Time,
        long Timestamp,
        Dictionary<string, ProcFiles.Cpu> Cpus,
        ProcFiles.Memory Memory,
        Dictionary<string, ProcFiles.Disk> Disks,
        Dictionary<string, ProcFiles.Interface> Interfaces,
        Dictionary<int, ProcFiles.Process> Processes)
    {
        public static Counters Read(TimeProvider time) => new(
            time.GetUtcNow(),
            time.GetTimestamp(),
            ProcFiles.Cpus().ToDictionary(c => c.Name),
            ProcFiles.MemoryNow(),
            ProcFiles.Disks().ToDictionary(d => d.Name),
            ProcFiles.Interfaces().ToDictionary(i => i.Name),
            ProcFiles.Processes().ToDictionary(p => p.Id));
    }
}
