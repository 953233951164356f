using System.Numerics;
using System.Runtime.CompilerServices;
using Varve.Storage.Segments.Encoding.Choice;
using Varve.Storage.Segments.Encoding.Packing;

namespace Varve.Storage.Segments.Encoding.Codecs;

/// <summary>
/// Frame of reference: every 1,024 values (a block) are kept as differences from their least, in as many bits as the greatest difference needs.
/// <code>
/// parameter        bits of a difference; 255: each block has its own
/// T                base: the least of all
/// where the parameter is 255:
///   u8             bits of a block's base
///   u8 x blocks    bits of a difference
///   BitRun         the blocks' bases, as differences from the base of all
/// blocks           1,024 values as a LaneBlock; what is left of fewer as a BitRun
/// </code>
/// </summary>
internal static class FrameCodec
{
    public const int OfEachBlock = 255;

    public static double Encode<T>(ReadOnlySpan<T> values, in Frames<T> frames, VectorWriter writer)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        int at = writer.BeginVector();
        writer.AppendValue(frames.Base);
        if (!frames.IsUniform)
        {
            writer.AppendValue((byte)frames.BaseBits);
            writer.Append(frames.Widths);
            BitRun.Write(frames.Bases, T.Zero, frames.BaseBits, writer.Append(BitRun.BytesOf(frames.Bases.Length, frames.BaseBits)));
        }

        for (int b = 0; b < frames.Widths.Length; b++)
        {
            ReadOnlySpan<T> block = Block(values, b);
            T start = unchecked(frames.Base + frames.Bases[b]);
            int bits = frames.Widths[b];
            Span<byte> packed = writer.Append(BytesOf(block.Length, bits));
            if (block.Length == LaneBlock.Count)
                LaneBlock.Pack(block, start, bits, packed);
            else
                BitRun.Write(block, start, bits, packed);
        }

        writer.EndVector(at, VectorEncoding.Frame, Unsafe.SizeOf<T>(), frames.IsUniform ? frames.UniformBits : OfEachBlock, values.Length);
        return values.Length * Cost.FrameValue;
    }

    public static void Decode<T>(in VectorHeader header, ReadOnlySpan<byte> body, Span<T> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        BodyReader reader = new(body);
        T start = reader.Take<T>();
        if (header.Parameter == OfEachBlock)
        {
            DecodeBlocks(ref reader, start, target);
        }
        else
        {
            int bits = Width<T>(header.Parameter);
            int whole = target.Length / LaneBlock.Count;
            Span<T> rest = target[(whole * LaneBlock.Count)..];
            LaneBlock.Unpack(reader.Take((long)whole * LaneBlock.BytesOf(bits)), bits, start, target[..^rest.Length]);
            BitRun.Read(reader.Take(BitRun.BytesOf(rest.Length, bits)), bits, start, rest);
        }

        reader.End();
    }

    private static void DecodeBlocks<T>(ref BodyReader reader, T start, Span<T> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        int blocks = BlocksOf(target.Length);
        int baseBits = Width<T>(reader.TakeByte());
        ReadOnlySpan<byte> widths = reader.Take(blocks);
        ReadOnlySpan<byte> bases = reader.Take(BitRun.BytesOf(blocks, baseBits));
        for (int b = 0; b < blocks; b++)
        {
            Span<T> block = target.Slice(b * LaneBlock.Count, Math.Min(LaneBlock.Count, target.Length - b * LaneBlock.Count));
            int bits = Width<T>(widths[b]);
            T blockStart = unchecked(start + BitRun.ReadOne<T>(bases, baseBits, b));
            ReadOnlySpan<byte> packed = reader.Take(BytesOf(block.Length, bits));
            if (block.Length == LaneBlock.Count)
                LaneBlock.Unpack(packed, bits, blockStart, block);
            else
                BitRun.Read(packed, bits, blockStart, block);
        }
    }

    public static int BlocksOf(int count) => (int)(((long)count + LaneBlock.Count - 1) / LaneBlock.Count);

    public static ReadOnlySpan<T> Block<T>(ReadOnlySpan<T> values, int block) =>
        values.Slice(block * LaneBlock.Count, Math.Min(LaneBlock.Count, values.Length - block * LaneBlock.Count));

    public static int BytesOf(int blockCount, int bits) =>
        blockCount == LaneBlock.Count ? LaneBlock.BytesOf(bits) : BitRun.BytesOf(blockCount, bits);

    private static int Width<T>(int bits) => bits <= Unsafe.SizeOf<T>() * 8
        ? bits
        : throw new VectorFormatException($"a difference of {Unsafe.SizeOf<T>() * 8} bit values takes {bits} bits");
}
