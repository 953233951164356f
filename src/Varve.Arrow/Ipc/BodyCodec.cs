using System.Buffers;
using Varve.Arrow.Compression;

namespace Varve.Arrow.Ipc;

/// <summary>
/// Compresses and decompresses single buffers. A missing library is said by the name of the package that brings it. Any number of threads.
/// </summary>
internal static class BodyCodec
{
    private const int ZstdLevel = 1;

    /// <summary>False where compressing would not save anything.</summary>
    public static bool TryCompress(BodyCompression codec, ReadOnlySpan<byte> source, out ReadOnlyMemory<byte> compressed)
    {
        byte[]? scratch = null;
        try
        {
            scratch = ArrayPool<byte>.Shared.Rent(MaxBytes(codec, source.Length));
            int written = codec == BodyCompression.Zstd ? Zstd.Compress(source, scratch, ZstdLevel) : Lz4Frame.Compress(source, scratch);
            compressed = written < source.Length ? scratch.AsSpan(0, written).ToArray() : default;
            return written < source.Length;
        }
        catch (DllNotFoundException e)
        {
            throw Missing(codec, e);
        }
        finally
        {
            if (scratch is not null)
                ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    /// <summary>Decompresses one frame to exactly <paramref name="length"/> bytes.</summary>
    /// <exception cref="ArrowFormatException">The frame is damaged, holds another number of bytes, or its codec is not installed.</exception>
    public static ReadOnlyMemory<byte> Decompress(BodyCompression codec, ReadOnlySpan<byte> source, long length)
    {
        if (length > Array.MaxLength)
            throw new ArrowFormatException($"{length} bytes do not fit one buffer");
        try
        {
            return codec == BodyCompression.Zstd ? DecompressZstd(source, (int)length) : DecompressLz4(source, (int)length);
        }
        catch (DllNotFoundException e)
        {
            throw Missing(codec, e);
        }
    }

    private static byte[] DecompressZstd(ReadOnlySpan<byte> source, int length)
    {
        if (Zstd.ContentBytes(source) is { } known && known != (ulong)length)
            throw new ArrowFormatException($"the zstd frame holds {known} bytes, {length} were recorded");
        if (length > Zstd.MaxContentBytes(source.Length))
            throw new ArrowFormatException($"{source.Length} bytes of zstd cannot hold the {length} bytes that were recorded");
        byte[] target = GC.AllocateUninitializedArray<byte>(length);
        Zstd.Decompress(source, target);
        return target;
    }

    private static byte[] DecompressLz4(ReadOnlySpan<byte> source, int length)
    {
        if (length > Lz4Frame.MaxContentBytes(source.Length))
            throw new ArrowFormatException($"{source.Length} bytes of LZ4 cannot hold the {length} bytes that were recorded");
        byte[] target = GC.AllocateUninitializedArray<byte>(length);
        Lz4Frame.Decompress(source, target);
        return target;
    }

    private static ArrowFormatException Missing(BodyCompression codec, DllNotFoundException e) =>
        new($"a body compressed by {codec} cannot be handled here: {e.Message}", e);

    private static int MaxBytes(BodyCompression codec, int sourceBytes) =>
        codec == BodyCompression.Zstd ? Zstd.MaxCompressedBytes(sourceBytes) : Lz4Frame.MaxCompressedBytes(sourceBytes);
}
