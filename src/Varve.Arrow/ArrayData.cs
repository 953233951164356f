namespace Varve.Arrow;

/// <summary>
/// One column of values in Arrow's physical layout. Immutable; the buffers belong to whoever made them and live as long as
/// the garbage collector sees them (native memory comes in through a <see cref="System.Buffers.MemoryManager{T}"/>).
/// </summary>
/// <remarks>
/// Buffers by type, as in IPC, each little-endian and at least as long as the rows [Offset, Offset + Length) need:
/// <list type="table">
/// <item><term>null</term><description>none</description></item>
/// <item><term>fixed width, boolean, dictionary</term><description>validity, values</description></item>
/// <item><term>utf8, binary</term><description>validity, int32 offsets (rows + 1), bytes</description></item>
/// <item><term>large_utf8, large_binary</term><description>validity, int64 offsets (rows + 1), bytes</description></item>
/// <item><term>utf8_view, binary_view</term><description>validity, 16-byte views, then any number of data buffers</description></item>
/// <item><term>list, map, large_list</term><description>validity, offsets (rows + 1); one child</description></item>
/// <item><term>fixed_size_list, struct</term><description>validity; children</description></item>
/// <item><term>dense_union</term><description>int8 type ids, int32 rows of the child; no validity; children</description></item>
/// </list>
/// Validity: bit set = value present, least significant bit first; an empty buffer means that no value is null.
/// </remarks>
public sealed class ArrayData(
    ArrowType type,
    int length,
    int nullCount,
    ReadOnlyMemory<byte>[] buffers,
    ArrayData[]? children = null,
    ArrayData? dictionary = null,
    int offset = 0)
{
    public ArrowType Type { get; } = type;

    /// <summary>Rows.</summary>
    public int Length { get; } = length;

    /// <summary>Rows that are null, always known (0..Length). For the null type: Length.</summary>
    public int NullCount { get; } = nullCount;

    /// <summary>
    /// The first row of this array in its buffers: in rows, also for bits. Children of struct and fixed-size list are not sliced with it.
    /// </summary>
    public int Offset { get; } = offset;

    public ReadOnlyMemory<byte>[] Buffers { get; } = buffers;

    public ArrayData[] Children { get; } = children ?? [];

    /// <summary>The values of a dictionary column, else null.</summary>
    public ArrayData? Dictionary { get; } = dictionary;

    /// <summary>
    /// Set once the full check has passed, so that a dictionary that many columns or batches share is checked once. Only ever becomes true.
    /// </summary>
    internal bool IsChecked { get; set; }

    public ReadOnlySpan<byte> Validity => Buffers.Length == 0 ? default : Buffers[0].Span;

    public bool IsNull(int row)
    {
        if (Type.Id == ArrowTypeId.Null)
            return true;
        if (NullCount == 0)
            return false;
        int bit = Offset + row;
        return (Buffers[0].Span[bit >> 3] & (1 << (bit & 7))) == 0;
    }

    /// <summary>Rows [start, start + length) over the same buffers.</summary>
    public ArrayData Slice(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Length - length);
        if (start == 0 && length == Length)
            return this;
        int at = Offset + start;
        int nulls = Type.Id == ArrowTypeId.Null ? length
            : NullCount == 0 ? 0
            : length - Bitmap.CountSet(Buffers[0].Span, at, length);
        return new ArrayData(Type, length, nulls, Buffers, Children, Dictionary, at);
    }
}
