using System.Runtime.InteropServices;

namespace Varve.Arrow.Compression;

/// <summary>Owns one ZSTD_DCtx. For one thread at a time.</summary>
internal sealed class ZstdDecompressContext : SafeHandle
{
    public ZstdDecompressContext()
        : base(0, ownsHandle: true) => SetHandle(ZstdNative.ZSTD_createDCtx());

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => ZstdNative.ZSTD_freeDCtx(handle) == 0;
}
