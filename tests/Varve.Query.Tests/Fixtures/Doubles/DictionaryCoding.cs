using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Arrow.Transform;
using Varve.Arrow.Values;

namespace Varve.Query.Tests.Fixtures.Doubles;

/// <summary>Codes text and binary as a segment does: one dictionary of distinct values in the order of their bytes.</summary>
internal static class DictionaryCoding
{
    /// <summary>Null for other types, and where nearly every row has a value of its own.</summary>
    public static ArrayData? TryCode(ArrayData array)
    {
        if (array.Type is not (Utf8Type or LargeUtf8Type or Utf8ViewType or BinaryType or LargeBinaryType or BinaryViewType))
            return null;
        string[] keys = [.. Enumerable.Range(0, array.Length).Select(r => Key(array, r))];
        string[] distinct = [.. keys.Where(k => k.Length > 0).Distinct().Order(StringComparer.Ordinal)];
        if (distinct.Length > array.Length / 2)
            return null;
        var codeOf = distinct.Select((k, i) => (k, i)).ToDictionary(p => p.k, p => p.i);
        var rowOf = new Dictionary<string, int>();
        for (int row = 0; row < keys.Length; row++)
            rowOf.TryAdd(keys[row], row);
        ArrayData values = ArrayTake.Take(array, [.. distinct.Select(k => rowOf[k])]);
        int[] codes = [.. keys.Select(k => codeOf.GetValueOrDefault(k))];
        bool isNarrow = distinct.Length <= 1 << 16;
        byte[] bytes = isNarrow
            ? MemoryMarshal.AsBytes<ushort>(codes.Select(c => (ushort)c).ToArray()).ToArray()
            : MemoryMarshal.AsBytes<int>(codes).ToArray();
        var type = new DictionaryType(isNarrow ? ArrowTypes.UInt16 : ArrowTypes.Int32, array.Type, IsOrdered: false);
        return new ArrayData(type, array.Length, array.NullCount, [Validity(array), bytes], dictionary: values);
    }

    /// <summary>The order of these is that of the bytes; empty for a null.</summary>
    private static string Key(ArrayData array, int row) => array.IsNull(row) ? "" : "x" + Convert.ToHexString(ArrayReader.GetBytes(array, row));

    private static ReadOnlyMemory<byte> Validity(ArrayData array)
    {
        if (array.NullCount == 0)
            return default;
        var bits = new byte[Bitmap.ByteCount(array.Length)];
        for (int row = 0; row < array.Length; row++)
            bits[row >> 3] |= (byte)(array.IsNull(row) ? 0 : 1 << (row & 7));
        return bits;
    }
}
