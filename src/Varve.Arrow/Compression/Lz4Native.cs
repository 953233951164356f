using System.Runtime.InteropServices;

namespace Varve.Arrow.Compression;

/// <summary>The functions of lz4frame.h that <see cref="Lz4Frame"/> calls (liblz4 1.8.0 and later).</summary>
internal static unsafe partial class Lz4Native
{
    /// <summary>LZ4F_VERSION.</summary>
    public const uint FrameVersion = 100;

    static Lz4Native() => NativeLibraries.Register();

    [LibraryImport(NativeLibraries.Lz4)]
    public static partial nuint LZ4F_compressFrameBound(nuint sourceBytes, void* preferences);

    [LibraryImport(NativeLibraries.Lz4)]
    public static partial nuint LZ4F_compressFrame(byte* target, nuint targetBytes, byte* source, nuint sourceBytes, void* preferences);

    [LibraryImport(NativeLibraries.Lz4)]
    public static partial nuint LZ4F_createDecompressionContext(nint* context, uint version);

    [LibraryImport(NativeLibraries.Lz4)]
    public static partial nuint LZ4F_freeDecompressionContext(nint context);

    [LibraryImport(NativeLibraries.Lz4)]
    public static partial void LZ4F_resetDecompressionContext(Lz4DecompressContext context);

    [LibraryImport(NativeLibraries.Lz4)]
    public static partial nuint LZ4F_decompress(
        Lz4DecompressContext context, byte* target, nuint* targetBytes, byte* source, nuint* sourceBytes, void* options);

    [LibraryImport(NativeLibraries.Lz4)]
    [SuppressGCTransition]
    public static partial uint LZ4F_isError(nuint code);

    [LibraryImport(NativeLibraries.Lz4)]
    public static partial nint LZ4F_getErrorName(nuint code);
}
