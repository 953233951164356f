using System.Diagnostics;

namespace Varve.Arrow.Tests.Ipc;

/// <summary>Reads bytes that may be damaged in any way, within the bounds that hold for every input.</summary>
internal static class Damage
{
    public static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(1);

    public const long MostAllocatedBytes = 256 << 20;

    /// <summary>Reads a stream or a file to its end.</summary>
    /// <returns>The error, or null where all of it was read. Any other exception, a second or more, or too much memory fails the test.</returns>
    public static ArrowFormatException? Read(ReadOnlyMemory<byte> bytes, bool isFile)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long started = Stopwatch.GetTimestamp();
        ArrowFormatException? error = null;
        try
        {
            _ = isFile ? IpcForms.ReadFile(bytes) : IpcForms.ReadStream(bytes);
        }
        catch (ArrowFormatException e)
        {
            error = e;
        }

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, LongestRead);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, MostAllocatedBytes);
        return error;
    }
}
