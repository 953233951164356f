using System.Runtime.InteropServices;

namespace Varve.Storage.Log;

/// <summary>Zeros at an address that writes past the page cache ask for. Freed on dispose.</summary>
internal sealed unsafe class ZeroBuffer(int bytes) : IDisposable
{
    private byte* _memory = Allocate(bytes);

    public ReadOnlySpan<byte> Span => new(_memory, bytes);

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }

    private static byte* Allocate(int bytes)
    {
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, OpenLogFile.BlockBytes);
        NativeMemory.Clear(memory, (nuint)bytes);
        return memory;
    }
}
