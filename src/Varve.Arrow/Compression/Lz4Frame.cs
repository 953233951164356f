using System.Runtime.InteropServices;

namespace Varve.Arrow.Compression;

/// <summary>
/// LZ4 frames (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md) by the system's liblz4, in one call, with pooled contexts. Any number
/// of threads. Where the library is missing every member throws <see cref="DllNotFoundException"/> with the package to install.
/// </summary>
internal static unsafe class Lz4Frame
{
    /// <summary>No input byte stands for more output than this.</summary>
    private const long MaxRatio = 255;

    private static readonly NativeContextPool<Lz4DecompressContext> Decompressors = new(() => new Lz4DecompressContext());

    public static int MaxCompressedBytes(int sourceBytes) => checked((int)Lz4Native.LZ4F_compressFrameBound((nuint)sourceBytes, null));

    /// <summary>More than a frame of that size can hold.</summary>
    public static long MaxContentBytes(int frameBytes) => frameBytes * MaxRatio;

    /// <summary>Compresses into one frame and returns its bytes.</summary>
    public static int Compress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        fixed (byte* s = source, t = target)
        {
            nuint written = Lz4Native.LZ4F_compressFrame(t, (nuint)target.Length, s, (nuint)source.Length, null);
            if (Lz4Native.LZ4F_isError(written) != 0)
                throw new ArgumentException($"{source.Length} bytes cannot be compressed by lz4 into {target.Length}: {ErrorName(written)}");
            return (int)written;
        }
    }

    /// <summary>Decompresses one frame into a target of exactly the size that was recorded when compressing.</summary>
    /// <exception cref="ArrowFormatException">The frame is damaged, cut off, followed by something, or holds another number of bytes.</exception>
    public static void Decompress(ReadOnlySpan<byte> frame, Span<byte> target)
    {
        Lz4DecompressContext context = Decompressors.Rent();
        try
        {
            // A context that met damaged input keeps its state until it is reset.
            Lz4Native.LZ4F_resetDecompressionContext(context);
            Decompress(context, frame, target);
        }
        finally
        {
            Decompressors.Return(context);
        }
    }

    private static void Decompress(Lz4DecompressContext context, ReadOnlySpan<byte> frame, Span<byte> target)
    {
        int read = 0;
        int written = 0;
        fixed (byte* s = frame, t = target)
        {
            while (true)
            {
                nuint sourceBytes = (nuint)(frame.Length - read);
                nuint targetBytes = (nuint)(target.Length - written);
                nuint more = Lz4Native.LZ4F_decompress(context, t + written, &targetBytes, s + read, &sourceBytes, null);
                if (Lz4Native.LZ4F_isError(more) != 0)
                    throw new ArrowFormatException($"{frame.Length} bytes of LZ4 cannot be decompressed: {ErrorName(more)}");
                read += (int)sourceBytes;
                written += (int)targetBytes;
                if (more == 0)
                    break;
                if (sourceBytes == 0 && targetBytes == 0)
                {
                    throw new ArrowFormatException(
                        $"an LZ4 frame of {frame.Length} bytes does not end within them or within the {target.Length} bytes that were recorded");
                }
            }
        }

        if (written != target.Length || read != frame.Length)
            throw new ArrowFormatException($"{read} of {frame.Length} bytes of LZ4 hold {written} bytes, {target.Length} were recorded");
    }

    private static string? ErrorName(nuint code) => Marshal.PtrToStringUTF8(Lz4Native.LZ4F_getErrorName(code));
}
