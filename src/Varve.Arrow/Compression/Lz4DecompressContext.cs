using System.Runtime.InteropServices;

namespace Varve.Arrow.Compression;

/// <summary>Owns one LZ4F_dctx. For one thread at a time.</summary>
internal sealed unsafe class Lz4DecompressContext : SafeHandle
{
    public Lz4DecompressContext()
        : base(0, ownsHandle: true)
    {
        nint context;
        if (Lz4Native.LZ4F_isError(Lz4Native.LZ4F_createDecompressionContext(&context, Lz4Native.FrameVersion)) != 0)
            throw new InvalidOperationException("liblz4 cannot make a decompression context of its frame version 100");
        SetHandle(context);
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        Lz4Native.LZ4F_freeDecompressionContext(handle);
        return true;
    }
}
