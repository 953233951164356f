using System.Diagnostics;
using Varve.Arrow.Validation;

namespace Varve.Arrow.Tests.Ipc;

/// <summary>Reads bytes that may be damaged in any way, within the bounds that hold for every input.</summary>
internal static class Damage
{
    public const long MostAllocatedBytes = 256 << 20;

    /// <summary>Reads a stream or a file to its end.</summary>
    /// <returns>The error, or null where all of it was read. Any other exception, more time or too much memory fails the test.</returns>
    public static ArrowFormatException? Read(ReadOnlyMemory<byte> bytes, bool isFile, TimeSpan longest)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long started = Stopwatch.GetTimestamp();
        ArrowFormatException? error = null;
        try
        {
            (_, List<RecordBatch> batches) = isFile ? IpcForms.ReadFile(bytes) : IpcForms.ReadStream(bytes);
            foreach (RecordBatch batch in batches)
                ArrayValidation.Validate(batch);
        }
        catch (ArrowFormatException e)
        {
            error = e;
        }

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, longest);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, MostAllocatedBytes);
        return error;
    }
}
