using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Varve.Storage.Segments.Encoding;

/// <summary>
/// Frame of reference: every 1,024 values (a block) are kept as differences from their least, in as many bits as the greatest difference needs.
/// <code>
/// parameter        bits of a difference; 255: each block has its own
/// T                base: the least of all
/// where the parameter is 255:
///   u8             bits of a block's base
///   u8 x blocks    bits of a difference
///   bit run        the blocks' bases, as differences from the base of all
/// blocks           1,024 values as a LaneBlock; what is left of fewer as a BitRun
/// </code>
/// </summary>
internal static class FrameCodec
{
    internal const int OfEachBlock = 255;

    public static void Encode<T>(ReadOnlySpan<T> values, VectorWriter writer)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var frames = Frames<T>.Of(values);
        int at = writer.BeginVector();
        MemoryMarshal.Write(writer.Append(Unsafe.SizeOf<T>()), frames.Base);
        if (!frames.IsUniform)
        {
            writer.Append(1)[0] = (byte)frames.BaseBits;
            writer.Append(frames.Widths);
            BitRun.Write<T>(frames.Bases, frames.BaseBits, writer.Append((int)BitRun.BytesOf(frames.Bases.Length, frames.BaseBits)));
        }

        T[] differences = new T[Math.Min(values.Length, LaneBlock.Count)];
        for (int b = 0; b < frames.Widths.Length; b++)
        {
            ReadOnlySpan<T> block = Block(values, b);
            T start = unchecked(frames.Base + frames.Bases[b]);
            for (int i = 0; i < block.Length; i++)
                differences[i] = unchecked(block[i] - start);
            int bits = frames.Widths[b];
            Span<byte> packed = writer.Append((int)BytesOf(block.Length, bits));
            if (block.Length == LaneBlock.Count)
                LaneBlock.Pack<T>(differences, bits, packed);
            else
                BitRun.Write<T>(differences.AsSpan(0, block.Length), bits, packed);
        }

        writer.EndVector(at, VectorEncoding.Frame, Unsafe.SizeOf<T>(), frames.IsUniform ? frames.UniformBits : OfEachBlock, values.Length);
    }

    public static void Decode<T>(in VectorHeader header, ReadOnlySpan<byte> body, Span<T> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        BodyReader reader = new(body);
        T start = reader.Take<T>();
        int blocks = BlocksOf(target.Length);
        ReadOnlySpan<byte> widths = default;
        ReadOnlySpan<byte> bases = default;
        int baseBits = 0;
        if (header.Parameter == OfEachBlock)
        {
            baseBits = Width<T>(reader.TakeByte());
            widths = reader.Take(blocks);
            bases = reader.Take(BitRun.BytesOf(blocks, baseBits));
        }

        int uniform = Width<T>(header.Parameter == OfEachBlock ? 0 : header.Parameter);
        for (int b = 0; b < blocks; b++)
        {
            Span<T> block = target.Slice(b * LaneBlock.Count, Math.Min(LaneBlock.Count, target.Length - b * LaneBlock.Count));
            int bits = widths.IsEmpty ? uniform : Width<T>(widths[b]);
            T blockStart = unchecked(start + BitRun.ReadOne<T>(bases, baseBits, b));
            ReadOnlySpan<byte> packed = reader.Take(BytesOf(block.Length, bits));
            if (block.Length == LaneBlock.Count)
                LaneBlock.Unpack(packed, bits, blockStart, block);
            else
                BitRun.Read(packed, bits, blockStart, block);
        }

        reader.End();
    }

    internal static int BlocksOf(int count) => (int)(((long)count + LaneBlock.Count - 1) / LaneBlock.Count);

    internal static ReadOnlySpan<T> Block<T>(ReadOnlySpan<T> values, int block) =>
        values.Slice(block * LaneBlock.Count, Math.Min(LaneBlock.Count, values.Length - block * LaneBlock.Count));

    internal static long BytesOf(int blockCount, int bits) =>
        blockCount == LaneBlock.Count ? LaneBlock.BytesOf(bits) : BitRun.BytesOf(blockCount, bits);

    private static int Width<T>(int bits) => bits <= Unsafe.SizeOf<T>() * 8
        ? bits
        : throw new VectorFormatException($"a difference of {Unsafe.SizeOf<T>() * 8} bit values takes {bits} bits");
}
