using System.Runtime.InteropServices;
using Varve.Arrow;

namespace Varve.Storage.Segments.Dictionaries;

/// <summary>
/// A column as its distinct values and, for each block, which row has which: what is known of a text or binary column once all its rows were looked
/// at. One thread.
/// </summary>
internal sealed class CodedColumn
{
    private readonly int[][] _numbers;
    private int[] _order = [];
    private int[] _codes = [];

    private CodedColumn(int blockCount) => _numbers = new int[blockCount][];

    public ValueTable Values { get; } = new();

    /// <summary>The numbers of the values, in the order of their bytes: the one at place i has code i.</summary>
    public ReadOnlySpan<int> Order => _order;

    /// <summary>Codes of two bytes where they can tell all values apart, else of four.</summary>
    public IntegerType CodeType => CodeTypeOf(Values.Count);

    public static IntegerType CodeTypeOf(int valueCount) => valueCount <= 1 << 16 ? ArrowTypes.UInt16 : ArrowTypes.Int32;

    /// <summary>Null where nearly all rows are distinct, or have too many bytes to be kept: then they are better off as they are.</summary>
    /// <param name="block">Gives the rows of a block; asked once for each. The first and one from the middle come first.</param>
    /// <param name="blockCount">How many there are.</param>
    /// <param name="look">Is shown each block.</param>
    public static CodedColumn? TryMake(Func<int, ArrayData> block, int blockCount, Action<int, ArrayData> look)
    {
        CodedColumn coded = new(blockCount);
        long rows = 0;
        int done = 0;
        foreach (int i in Enumerable.Range(0, blockCount).OrderBy(i => i == 0 ? 0 : i == blockCount / 2 ? 1 : 2))
        {
            ArrayData array = block(i);
            look(i, array);
            coded._numbers[i] = new int[array.Length];
            if (!coded.Values.TryAdd(array, coded._numbers[i]))
                return null;

            // Two places far apart tell repeated values from those that come one after another and then again.
            rows += array.Length - array.NullCount;
            if (++done >= Math.Min(2, blockCount) && coded.Values.Count > rows / 10 * 9 && coded.Values.Count > 256)
                return null;
        }

        if (coded.Values.Count == 0)
            return null;
        coded._order = ByteOrder.Sort(coded.Values);
        coded._codes = new int[coded._order.Length];
        for (int code = 0; code < coded._order.Length; code++)
            coded._codes[coded._order[code]] = code;
        return coded;
    }

    /// <summary>The value with that code.</summary>
    public ReadOnlySpan<byte> ValueOf(int code) => Values[_order[code]];

    /// <summary>The codes of a block's rows, as an array of <see cref="CodeType"/>.</summary>
    public ArrayData Codes(int block)
    {
        int[] numbers = _numbers[block];
        byte[] validity = new byte[Bitmap.ByteCount(numbers.Length)];
        byte[] codes = new byte[numbers.Length * CodeType.ByteWidth];
        int nulls = CodeType.ByteWidth == sizeof(ushort)
            ? Fill(numbers, validity, MemoryMarshal.Cast<byte, ushort>(codes.AsSpan()))
            : Fill(numbers, validity, MemoryMarshal.Cast<byte, int>(codes.AsSpan()));
        return new ArrayData(CodeType, numbers.Length, nulls, [nulls > 0 ? validity : default(ReadOnlyMemory<byte>), codes]);
    }

    private int Fill<T>(int[] numbers, byte[] validity, Span<T> codes)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        int nulls = 0;
        for (int row = 0; row < numbers.Length; row++)
        {
            if (numbers[row] < 0)
            {
                nulls++;
                continue;
            }

            codes[row] = T.CreateTruncating(_codes[numbers[row]]);
            validity[row >> 3] |= (byte)(1 << (row & 7));
        }

        return nulls;
    }
}
