using System.Buffers.Binary;
using Varve.Arrow;
using Varve.Storage.Segments.Encoding.Choice;
using Varve.Storage.Segments.Encoding.Codecs;

namespace Varve.Storage.Segments.Encoding;

/// <summary>Bits, such as booleans and validity, as a vector, the least significant bit of a byte first. Any thread.</summary>
internal static class BitVector
{
    /// <summary>Appends that many bits, which begin at that bit of the source, in the encoding that suits them.</summary>
    public static void Encode(ReadOnlySpan<byte> source, long firstBit, int bitCount, VectorWriter writer)
    {
        using Scratch<byte> scratch = new(Bitmap.ByteCount(bitCount));
        Span<byte> bits = scratch.Span;
        CopyBits(source, firstBit, bitCount, bits);
        int ones = Bitmap.CountSet(bits, 0, bitCount);
        if (bitCount > 0 && (ones == 0 || ones == bitCount))
        {
            EncodeConstant(ones > 0, bitCount, writer);
            return;
        }

        Contest contest = new(writer, Cost.Of(VectorHeader.VectorBytesOf(0, bitCount, bits.Length), 0));
        if (bitCount > 0)
            contest.Judge(PlacesCodec.Encode(bits, bitCount, writer));
        if (ZstdCodec.IsWorthTrying(bits))
            contest.Judge(ZstdCodec.EncodeBits(bits, bitCount, writer));
        if (!contest.HasWinner)
            EncodeRaw(bits, bitCount, writer);
    }

    /// <summary>
    /// Decodes a vector of exactly that many bits, from the source's begin, to the target's first bits, and returns the bytes it took there. The
    /// other bits of the last byte become zero; bytes behind it stay as they are.
    /// </summary>
    /// <exception cref="VectorFormatException">The source does not begin with such a vector.</exception>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target, int bitCount)
    {
        var header = VectorHeader.Read(source, 0, bitCount);
        ReadOnlySpan<byte> body = header.Body(source);
        target = target[..Bitmap.ByteCount(bitCount)];
        switch (header.Encoding)
        {
            case VectorEncoding.Raw:
                RawCodec.Decode(body, target);
                break;
            case VectorEncoding.Constant:
                DecodeConstant(body, target);
                break;
            case VectorEncoding.Zstd:
                ZstdCodec.DecodeBits(body, target);
                break;
            case VectorEncoding.Places:
                PlacesCodec.Decode(header, body, target, 1);
                break;
            default:
                throw header.Unknown();
        }

        ClearSpare(target, bitCount);
        return header.VectorBytes;
    }

    private static void EncodeConstant(bool bit, int bitCount, VectorWriter writer)
    {
        int at = writer.BeginVector();
        writer.AppendValue(bit ? (byte)1 : (byte)0);
        writer.EndVector(at, VectorEncoding.Constant, 0, 0, bitCount);
    }

    private static void DecodeConstant(ReadOnlySpan<byte> body, Span<byte> target)
    {
        BodyReader reader = new(body);
        byte bit = reader.TakeByte();
        if (bit > 1)
            throw new VectorFormatException($"the bit that all bits are is {bit}");
        target.Fill(bit == 0 ? byte.MinValue : byte.MaxValue);
        reader.End();
    }

    private static void EncodeRaw(ReadOnlySpan<byte> bits, int bitCount, VectorWriter writer)
    {
        int at = writer.BeginVector();
        writer.Append(bits);
        writer.EndVector(at, VectorEncoding.Raw, 0, 0, bitCount);
    }

    private static void CopyBits(ReadOnlySpan<byte> source, long firstBit, int bitCount, Span<byte> target)
    {
        source = source[(int)(firstBit >> 3)..];
        int shift = (int)(firstBit & 7);
        if (shift == 0)
        {
            source[..target.Length].CopyTo(target);
        }
        else
        {
            int at = 0;
            for (; at + 9 <= source.Length && at + 8 <= target.Length; at += 8)
            {
                ulong word = BinaryPrimitives.ReadUInt64LittleEndian(source[at..]) >> shift | (ulong)source[at + 8] << (64 - shift);
                BinaryPrimitives.WriteUInt64LittleEndian(target[at..], word);
            }

            for (; at < target.Length; at++)
                target[at] = (byte)(source[at] >> shift | (at + 1 < source.Length ? source[at + 1] << (8 - shift) : 0));
        }

        ClearSpare(target, bitCount);
    }

    private static void ClearSpare(Span<byte> target, int bitCount)
    {
        if (bitCount % 8 != 0)
            target[^1] &= (byte)((1 << bitCount % 8) - 1);
    }
}
