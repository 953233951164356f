using System.Runtime.InteropServices;

namespace Varve.Arrow.Compression;

/// <summary>Owns one ZSTD_CCtx (about 0.6 MiB at level 1, 1.3 MiB at level 3). For one thread at a time.</summary>
internal sealed class ZstdCompressContext : SafeHandle
{
    public ZstdCompressContext()
        : base(0, ownsHandle: true) => SetHandle(ZstdNative.ZSTD_createCCtx());

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => ZstdNative.ZSTD_freeCCtx(handle) == 0;
}
