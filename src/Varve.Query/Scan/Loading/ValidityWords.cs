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
            ulong word = bits.IsEmpty ? whenEmpty : BitWords.Read(bits, at + (i << 6));
            target[i] = parent == null ? word : word & parent[i];
        }
    }

    /// <summary>The same for chosen rows.</summary>
    public static void Gather(ArrayData array, ReadOnlySpan<int> rows, ulong* target)
    {
        for (int i = 0; i < rows.Length; i += 64)
        {
            ulong word = 0;
            for (int bit = 0; bit < 64 && i + bit < rows.Length; bit++)
                word |= array.IsNull(rows[i + bit]) ? 0 : 1UL << bit;
            target[i >> 6] = word;
        }
    }
}
