using System.Runtime.InteropServices;

namespace Varve.Arrow.Compression;

/// <summary>
/// Zstandard (RFC 8878) by the system's libzstd: single frames, in one call, with pooled contexts. Any number of threads. Where the library is
/// missing every member throws <see cref="DllNotFoundException"/> with the package to install.
/// </summary>
public static unsafe class Zstd
{
    private const uint OldestVersion = 10400;

    /// <summary>A block of at most 128 KiB takes at least 4 bytes: its header and, if all its bytes are the same, that one.</summary>
    private const long MaxRatio = (128 << 10) / 4;

    private static readonly NativeContextPool<ZstdCompressContext> Compressors = new(() => new ZstdCompressContext());
    private static readonly NativeContextPool<ZstdDecompressContext> Decompressors = new(() => new ZstdDecompressContext());

    /// <summary>Loads the library and checks its version, so that a process can refuse to start instead of failing later.</summary>
    /// <returns>The version, such as 1.5.4.</returns>
    public static Version Load()
    {
        uint number = ZstdNative.ZSTD_versionNumber();
        if (number < OldestVersion)
            throw new DllNotFoundException($"libzstd {number} is too old: {OldestVersion} (1.4.0) or later is needed. Update the package libzstd1");
        return new Version((int)(number / 10000), (int)(number / 100 % 100), (int)(number % 100));
    }

    /// <summary>Bytes that hold the frame of any source of that size.</summary>
    public static int MaxCompressedBytes(int sourceBytes) => checked((int)ZstdNative.ZSTD_compressBound((nuint)sourceBytes));

    /// <summary>More than frames of that size together can hold: a bound for claims, to be checked before allocating.</summary>
    public static long MaxContentBytes(int frameBytes) => frameBytes * MaxRatio;

    /// <summary>Compresses into one frame that records the source's size, and returns the frame's bytes.</summary>
    /// <param name="source">What to compress.</param>
    /// <param name="target">At least <see cref="MaxCompressedBytes"/> of the source's size, or a frame may not fit.</param>
    /// <param name="level">1 for hot data, 3 at most where speed matters; negative levels are faster still.</param>
    /// <exception cref="ArgumentException">The frame does not fit the target.</exception>
    public static int Compress(ReadOnlySpan<byte> source, Span<byte> target, int level = 1)
    {
        ZstdCompressContext context = Compressors.Rent();
        try
        {
            fixed (byte* s = source, t = target)
            {
                nuint written = ZstdNative.ZSTD_compressCCtx(context, t, (nuint)target.Length, s, (nuint)source.Length, level);
                if (ZstdNative.ZSTD_isError(written) != 0)
                    throw new ArgumentException($"{source.Length} bytes cannot be compressed by zstd into {target.Length}: {ErrorName(written)}");
                return (int)written;
            }
        }
        finally
        {
            Compressors.Return(context);
        }
    }

    /// <summary>
    /// The number of bytes that a frame says it holds, or null where it does not say or is damaged. A claim: check it before allocating.
    /// </summary>
    public static ulong? ContentBytes(ReadOnlySpan<byte> frame)
    {
        fixed (byte* f = frame)
        {
            ulong bytes = ZstdNative.ZSTD_getFrameContentSize(f, (nuint)frame.Length);
            return bytes >= ulong.MaxValue - 1 ? null : bytes;
        }
    }

    /// <summary>Decompresses into a target of exactly the size that was recorded when compressing.</summary>
    /// <exception cref="ArrowFormatException">The source is damaged, or holds another number of bytes.</exception>
    public static void Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        ZstdDecompressContext context = Decompressors.Rent();
        try
        {
            fixed (byte* s = source, t = target)
            {
                nuint written = ZstdNative.ZSTD_decompressDCtx(context, t, (nuint)target.Length, s, (nuint)source.Length);
                if (ZstdNative.ZSTD_isError(written) != 0)
                {
                    throw new ArrowFormatException(
                        $"{source.Length} bytes of zstd cannot be decompressed into {target.Length}: {ErrorName(written)}");
                }

                if (written != (nuint)target.Length)
                    throw new ArrowFormatException($"{source.Length} bytes of zstd hold {written} bytes, {target.Length} were recorded");
            }
        }
        finally
        {
            Decompressors.Return(context);
        }
    }

    private static string? ErrorName(nuint code) => Marshal.PtrToStringUTF8(ZstdNative.ZSTD_getErrorName(code));
}
