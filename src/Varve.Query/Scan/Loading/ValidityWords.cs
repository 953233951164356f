using System.Buffers.Binary;
using Varve.Arrow;

namespace Varve.Query.Scan.Loading;

/// <summary>Arrow's validity bits as DuckDB's 64-bit words.</summary>
internal static unsafe class ValidityWords
{
    /// <summary>Writes the words of rows [from, from + count), and-ed with those of a parent; bits behind the last row are undefined.</summary>
    public static void Load(ArrayData array, int from, int count, ulong* parent, ulong* target)
    {
        int words = (count + 63) >> 6;
        ReadOnlySpan<byte> bits = array.NullCount > 0 && array.Type.Id != ArrowTypeId.Null ? array.Validity : default;
        ulong whenEmpty = array.Type.Id == ArrowTypeId.Null ? 0 : ulong.MaxValue;
        int at = array.Offset + from;
        for (int i = 0; i < words; i++)
        {
            ulong word = bits.IsEmpty ? whenEmpty : Read(bits, at + (i << 6));
            target[i] = parent == null ? word : word & parent[i];
        }
    }

    /// <summary>64 bits from any place on, zeros behind the end.</summary>
    private static ulong Read(ReadOnlySpan<byte> bits, int bit)
    {
        int first = bit >> 3;
        int shift = bit & 7;
        ulong low = ReadBytes(bits, first);
        return shift == 0 ? low : (low >> shift) | ((ulong)(first + 8 < bits.Length ? bits[first + 8] : 0) << (64 - shift));
    }

    private static ulong ReadBytes(ReadOnlySpan<byte> bits, int first)
    {
        if (first + 8 <= bits.Length)
            return BinaryPrimitives.ReadUInt64LittleEndian(bits[first..]);
        ulong word = 0;
        for (int i = first; i < bits.Length; i++)
            word |= (ulong)bits[i] << (8 * (i - first));
        return word;
    }
}
