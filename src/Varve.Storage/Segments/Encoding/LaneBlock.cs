using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Varve.Storage.Segments.Encoding;

/// <summary>
/// 1,024 numbers of a fixed width in bits, laid out so that vectors of any size unpack them by uniform shifts, in order. 128 bytes are a row
/// of words as wide as the values, one word a lane (128 lanes of u8, 64 of u16, 32 of u32, 16 of u64). Value i belongs to lane i % lanes, and each lane
/// packs its values into its words, the least significant bit first. A block takes as many rows of words as a value has bits.
/// </summary>
internal static class LaneBlock
{
    public const int Count = 1024;
    public const int RowBytes = 128;

    public static int BytesOf(int bits) => bits * RowBytes;

    /// <summary>Packs 1,024 values, each less than 2^bits.</summary>
    public static void Pack<T>(ReadOnlySpan<T> values, int bits, Span<byte> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        int width = Unsafe.SizeOf<T>() * 8;
        int lanes = RowBytes / Unsafe.SizeOf<T>();
        Span<T> packed = MemoryMarshal.Cast<byte, T>(target[..BytesOf(bits)]);
        packed.Clear();
        for (int row = 0; row < Count / lanes && bits > 0; row++)
        {
            int shift = row * bits % width;
            ReadOnlySpan<T> from = values.Slice(row * lanes, lanes);
            Span<T> words = packed.Slice(row * bits / width * lanes, lanes);
            for (int lane = 0; lane < lanes; lane++)
                words[lane] |= from[lane] << shift;
            if (shift + bits <= width)
                continue;
            words = packed.Slice((row * bits / width + 1) * lanes, lanes);
            for (int lane = 0; lane < lanes; lane++)
                words[lane] |= from[lane] >>> (width - shift);
        }
    }

    /// <summary>Unpacks 1,024 values, and adds the base to each.</summary>
    public static void Unpack<T>(ReadOnlySpan<byte> source, int bits, T start, Span<T> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        int width = Unsafe.SizeOf<T>() * 8;
        int lanes = RowBytes / Unsafe.SizeOf<T>();
        target = target[..Count];
        if (bits == 0)
        {
            target.Fill(start);
            return;
        }

        ReadOnlySpan<T> packed = MemoryMarshal.Cast<byte, T>(source[..BytesOf(bits)]);
        T mask = T.AllBitsSet >>> (width - bits);
        for (int row = 0; row < Count / lanes; row++)
        {
            int shift = row * bits % width;
            int word = row * bits / width * lanes;
            for (int lane = 0; lane < lanes; lane++)
            {
                T value = packed[word + lane] >>> shift;
                if (shift + bits > width)
                    value |= packed[word + lanes + lane] << (width - shift);
                target[row * lanes + lane] = (value & mask) + start;
            }
        }
    }
}
