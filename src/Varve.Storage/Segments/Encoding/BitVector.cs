using System.Buffers.Binary;

namespace Varve.Storage.Segments.Encoding;

/// <summary>Bits, such as booleans and validity, as a vector, the least significant bit of a byte first. Any thread.</summary>
internal static class BitVector
{
    public static int BytesOf(int bitCount) => (int)(((long)bitCount + 7) / 8);

    /// <summary>Appends that many bits, which begin at that bit of the source, in the encoding that suits them.</summary>
    public static void Encode(ReadOnlySpan<byte> source, long firstBit, int bitCount, VectorWriter writer)
    {
        byte[] bits = new byte[BytesOf(bitCount)];
        CopyBits(source, firstBit, bitCount, bits);
        int at = writer.BeginVector();
        if (bitCount > 0 && IsConstant(bits, bitCount))
        {
            writer.Append(1)[0] = (byte)(bits[0] & 1);
            writer.EndVector(at, VectorEncoding.Constant, 0, 0, bitCount);
        }
        else
        {
            writer.Append(bits);
            writer.EndVector(at, VectorEncoding.Raw, 0, 0, bitCount);
        }
    }

    /// <summary>
    /// Decodes a vector of exactly that many bits, from the source's begin, to the target's first bits, and returns the bytes it took there. The other
    /// bits of the last byte become zero; bytes behind it stay as they are.
    /// </summary>
    /// <exception cref="VectorFormatException">The source does not begin with such a vector.</exception>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target, int bitCount)
    {
        VectorHeader header = VectorHeader.Read(source, 0, bitCount);
        BodyReader reader = new(source.Slice(VectorHeader.Bytes, header.BodyBytes));
        target = target[..BytesOf(bitCount)];
        switch (header.Encoding)
        {
            case VectorEncoding.Raw:
                reader.Take(target.Length).CopyTo(target);
                break;
            case VectorEncoding.Constant:
                target.Fill(reader.TakeByte() switch
                {
                    0 => 0,
                    1 => 0xFF,
                    byte other => throw new VectorFormatException($"the bit that all bits are is {other}"),
                });
                break;
            default:
                throw header.Unknown();
        }

        reader.End();
        if (bitCount % 8 != 0)
            target[^1] &= (byte)((1 << bitCount % 8) - 1);
        return VectorHeader.Bytes + header.BodyBytes;
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

        if (bitCount % 8 != 0)
            target[^1] &= (byte)((1 << bitCount % 8) - 1);
    }

    private static bool IsConstant(ReadOnlySpan<byte> bits, int bitCount)
    {
        byte all = (bits[0] & 1) == 0 ? (byte)0 : (byte)0xFF;
        int whole = bitCount / 8;
        return !bits[..whole].ContainsAnyExcept(all) && (bitCount % 8 == 0 || bits[^1] == (all & ((1 << bitCount % 8) - 1)));
    }
}
