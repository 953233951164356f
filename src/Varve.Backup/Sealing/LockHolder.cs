using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;

namespace Varve.Backup.Sealing;

/// <summary>
/// The process that holds a lock of a repository, named so that another one on the same machine can tell for certain that it has ended. On another
/// machine, behind a restart of it, or in another container nobody can. Immutable. In the lock, little-endian:
/// <code>
/// 16 bytes  the kernel's boot id; zeros: not known
/// i64       number of the namespace of process ids
/// i32       process id in it
/// i64       when the process was started, in the kernel's ticks: an id is given again
/// </code>
/// </summary>
internal readonly record struct LockHolder(Guid Boot, long Namespace, int ProcessId, long StartedAtTicks)
{
    public const int Bytes = 16 + sizeof(long) + sizeof(int) + sizeof(long);

    /// <summary>Of the fields in /proc/PID/stat behind the program's name, which begin with the third.</summary>
    private const int StartField = 22 - 3;

    /// <summary>This process.</summary>
    public static LockHolder Self { get; } = Of(Environment.ProcessId);

    /// <summary>Whether its process id is one of those that this process sees.</summary>
    public bool IsHere => Boot != Guid.Empty && (Boot, Namespace) == (Self.Boot, Self.Namespace);

    /// <summary>Whether it has ended, for certain.</summary>
    public bool HasEnded => IsHere && (!IsRunning(ProcessId) || StartOf(ProcessId) is { } start && start != StartedAtTicks);

    /// <summary>A process that runs here.</summary>
    public static LockHolder Of(int processId)
    {
        try
        {
            Guid boot = Guid.Parse(File.ReadAllText("/proc/sys/kernel/random/boot_id"));

            // As in "pid:[4026531836]".
            string space = new FileInfo("/proc/self/ns/pid").LinkTarget ?? throw new IOException("the namespace of process ids has no number");
            long number = long.Parse(space.AsSpan(space.IndexOf('[', StringComparison.Ordinal) + 1).TrimEnd(']'), CultureInfo.InvariantCulture);
            return new LockHolder(boot, number, processId, StartOf(processId) ?? throw new IOException("the process has no start"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A sandbox that hides it. Locks then end by their age.
            return new LockHolder(Guid.Empty, 0, processId, 0);
        }
    }

    public static LockHolder Read(ReadOnlySpan<byte> bytes) => new(
        new Guid(bytes[..16]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[24..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[28..]));

    public void Write(Span<byte> bytes)
    {
        Boot.TryWriteBytes(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], Namespace);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[24..], ProcessId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[28..], StartedAtTicks);
    }

    private static bool IsRunning(int processId)
    {
        try
        {
            using Process process = Process.GetProcessById(processId);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Null where that is hidden, or the process has ended meanwhile.</summary>
    private static long? StartOf(int processId)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{processId}/stat");
            return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[StartField], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
