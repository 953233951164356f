using System.Runtime.InteropServices;

namespace Varve.Storage.Tests.Segments.Encoding;

/// <summary>
/// Bytes with a page behind them that nobody may touch: a read or a write beyond their end ends the process, where a plain array would hide it. For
/// one thread.
/// </summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int None = 0;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly byte* _begin;
    private readonly nuint _size;

    public GuardedMemory(int capacity)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        nuint room = ((nuint)capacity + page - 1) / page * page;
        _size = room + page;
        _begin = mmap(null, _size, ReadWrite, PrivateAnonymous, -1, 0);
        Assert.True((nint)_begin != -1, "no memory");
        Assert.Equal(0, mprotect(_begin + room, page, None));
        Capacity = (int)room;
    }

    public int Capacity { get; }

    /// <summary>The last bytes before the guard.</summary>
    public Span<byte> Take(int bytes) => new(_begin + Capacity - bytes, bytes);

    public Span<T> Take<T>(int count)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Take(count * sizeof(T)));

    public Span<byte> Copy(ReadOnlySpan<byte> bytes)
    {
        Span<byte> copy = Take(bytes.Length);
        bytes.CopyTo(copy);
        return copy;
    }

    public void Dispose() => _ = munmap(_begin, _size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial byte* mmap(byte* address, nuint bytes, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mprotect(byte* address, nuint bytes, int protection);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(byte* address, nuint bytes);
}
