using System.Runtime.InteropServices;

namespace Varve.Arrow.Compression;

/// <summary>The functions of zstd.h's stable interface that <see cref="Zstd"/> calls (libzstd 1.4.0 and later).</summary>
internal static unsafe partial class ZstdNative
{
    static ZstdNative() => NativeLibraries.Register();

    [LibraryImport(NativeLibraries.Zstd)]
    public static partial uint ZSTD_versionNumber();

    [LibraryImport(NativeLibraries.Zstd)]
    public static partial nint ZSTD_createCCtx();

    [LibraryImport(NativeLibraries.Zstd)]
    public static partial nuint ZSTD_freeCCtx(nint context);

    [LibraryImport(NativeLibraries.Zstd)]
    public static partial nuint ZSTD_compressCCtx(
        ZstdCompressContext context, byte* target, nuint targetBytes, byte* source, nuint sourceBytes, int level);

    [LibraryImport(NativeLibraries.Zstd)]
    public static partial nint ZSTD_createDCtx();

    [LibraryImport(NativeLibraries.Zstd)]
    public static partial nuint ZSTD_freeDCtx(nint context);

    [LibraryImport(NativeLibraries.Zstd)]
    public static partial nuint ZSTD_decompressDCtx(ZstdDecompressContext context, byte* target, nuint targetBytes, byte* source, nuint sourceBytes);

    [LibraryImport(NativeLibraries.Zstd)]
    public static partial ulong ZSTD_getFrameContentSize(byte* source, nuint sourceBytes);

    [LibraryImport(NativeLibraries.Zstd)]
    [SuppressGCTransition]
    public static partial nuint ZSTD_compressBound(nuint sourceBytes);

    [LibraryImport(NativeLibraries.Zstd)]
    [SuppressGCTransition]
    public static partial uint ZSTD_isError(nuint code);

    [LibraryImport(NativeLibraries.Zstd)]
    public static partial nint ZSTD_getErrorName(nuint code);
}
