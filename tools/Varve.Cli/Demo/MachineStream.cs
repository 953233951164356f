using Varve.Arrow;

namespace Varve.Cli.Demo;

/// <summary>The streams that the demo keeps about this machine, with their schemas.</summary>
internal static class MachineStream
{
    public const string Cpu = "machine.cpu";
    public const string Memory = "machine.memory";
    public const string Disk = "machine.disk";
    public const string Network = "machine.network";
    public const string Processes = "machine.processes";

    public static IReadOnlyDictionary<string, Schema> All { get; } = new Dictionary<string, Schema>
    {
        [Cpu] = Of(Time, Text("cpu"), Number("user_percent"), Number("system_percent"), Number("iowait_percent"), Number("busy_percent")),
        [Memory] = Of(Time, Count("total_kib"), Count("available_kib"), Count("cached_kib"), Count("dirty_kib")),
        [Disk] = Of(Time, Text("disk"), Number("read_bytes_per_s"), Number("written_bytes_per_s"), Number("operations_per_s")),
        [Network] = Of(Time, Text("interface"), Number("received_bytes_per_s"), Number("sent_bytes_per_s"), Number("packets_per_s")),
        [Processes] = Of(Time, Count("pid"), Text("name"), Text("state"), Number("cpu_percent"), Count("threads"), Count("resident_bytes")),
    };

    private static Field Time => new("ts", ArrowTypes.TimestampMicrosUtc, isNullable: false);

    private static Field Text(string name) => new(name, ArrowTypes.Utf8, isNullable: false);

    private static Field Count(string name) => new(name, ArrowTypes.Int64, isNullable: false);

    private static Field Number(string name) => new(name, ArrowTypes.Float64, isNullable: false);

    private static Schema Of(params Field[] fields) => new(fields);
}
