using System.Runtime.ExceptionServices;

namespace Varve.Storage.Tail;

/// <summary>
/// Memory that is held for when there is none: rows that are durable have to become visible, whatever else took the heap meanwhile. It is let go as
/// soon as memory runs out anywhere in the process, which mostly is where much is asked for at once, so that there is some for the small objects that
/// every change needs. While it is not held, nothing new is admitted. Any thread.
/// </summary>
/// <remarks>The heap counts it; the system does not, because nothing is ever written to it.</remarks>
internal sealed class MemoryReserve : IDisposable
{
    private const int BytesMax = 32 << 20;

    private readonly int _bytes;
    private byte[]? _held;

    /// <param name="tailLimitBytes">The memory for all tails: an eighth of it is held, up to twice what a chunk may have.</param>
    public MemoryReserve(long tailLimitBytes)
    {
        _bytes = (int)Math.Min(tailLimitBytes / 8, BytesMax);
        TryHold();
        AppDomain.CurrentDomain.FirstChanceException += LetGo;
    }

    private bool IsHeld => Volatile.Read(ref _held) is not null;

    /// <summary>True where it is held, or could be taken back.</summary>
    public bool TryHold()
    {
        if (IsHeld)
            return true;
        try
        {
            Interlocked.CompareExchange(ref _held, GC.AllocateUninitializedArray<byte>(_bytes), null);
            return true;
        }
        catch (OutOfMemoryException)
        {
            return false;
        }
    }

    /// <summary>Leaves it to the collector.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.FirstChanceException -= LetGo;
        Volatile.Write(ref _held, null);
    }

    /// <summary>On the thread that ran out of memory, before anything catches its exception. Must not allocate.</summary>
    private void LetGo(object? sender, FirstChanceExceptionEventArgs thrown)
    {
        if (thrown.Exception is OutOfMemoryException)
            Volatile.Write(ref _held, null);
    }
}
