using System.Runtime.InteropServices;

namespace Varve.Storage.Log;

/// <summary>Zeros, at an address that writes past the page cache ask for: a multiple of a block. Freed on dispose. One thread.</summary>
internal sealed unsafe class AlignedMemory : IDisposable
{
    private readonly int _bytes;
    private byte* _start;

    public AlignedMemory(int bytes)
    {
        _bytes = bytes;
        _start = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, OpenLogFile.BlockBytes);
        Span.Clear();
    }

    ~AlignedMemory() => Free();

    public Span<byte> Span => new(_start, _bytes);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_start);
        _start = null;
    }
}
