using Varve.Arrow;
using Varve.Storage.Segments.Encoding;

namespace Varve.Storage.Segments.Pages;

/// <summary>
/// Which rows of an array are null, and what becomes of their values (<see cref="NullForm"/>). Written and read here, at the begin of every array in
/// a page.
/// </summary>
internal readonly ref struct RowNulls
{
    /// <summary>Above one null in so many rows, null rows have no value.</summary>
    private const int DenseFrom = 8;

    private readonly ReadOnlySpan<byte> _bits;
    private readonly int _firstBit;

    private RowNulls(NullForm form, int rowCount, int nullCount, ReadOnlySpan<byte> bits, int firstBit, ReadOnlyMemory<byte> validity)
    {
        Form = form;
        RowCount = rowCount;
        NullCount = nullCount;
        _bits = bits;
        _firstBit = firstBit;
        Validity = validity;
    }

    public NullForm Form { get; }

    public int RowCount { get; }

    public int NullCount { get; }

    /// <summary>Values that stand in the page.</summary>
    public int ValueCount => Form == NullForm.Dense ? RowCount - NullCount : RowCount;

    /// <summary>For the decoded array; empty where no row is null.</summary>
    public ReadOnlyMemory<byte> Validity { get; }

    /// <summary>Writes an array's validity.</summary>
    /// <param name="array">May be a slice.</param>
    /// <param name="writer">The page.</param>
    /// <param name="keepsAll">Whether null rows keep a value however many they are.</param>
    public static RowNulls Write(ArrayData array, PageWriter writer, bool keepsAll = false)
    {
        int nulls = array.NullCount;
        NullForm form = nulls == 0 ? NullForm.None
            : nulls == array.Length ? NullForm.All
            : nulls > array.Length / DenseFrom && !keepsAll ? NullForm.Dense
            : NullForm.Filled;
        writer.Payload.Append(1)[0] = (byte)form;
        if (form is NullForm.None or NullForm.All)
            return new RowNulls(form, array.Length, nulls, default, 0, default);
        writer.Count(Bitmap.ByteCount(array.Length));
        BitVector.Encode(array.Validity, array.Offset, array.Length, writer.Payload);
        return new RowNulls(form, array.Length, nulls, array.Validity, array.Offset, default);
    }

    /// <exception cref="Format.PageFormatException">It is no such thing.</exception>
    public static RowNulls Read(scoped ref PageReader reader, int rowCount)
    {
        var form = (NullForm)reader.Byte();
        switch (form)
        {
            case NullForm.None:
                return new RowNulls(form, rowCount, 0, default, 0, default);
            case NullForm.All when rowCount > 0:
                return new RowNulls(form, rowCount, rowCount, default, 0, default);
            case NullForm.Filled or NullForm.Dense:
                Memory<byte> validity = reader.LendBits(rowCount);
                reader.Bits(validity.Span, rowCount);
                int nulls = rowCount - Bitmap.CountSet(validity.Span, 0, rowCount);
                return nulls > 0 && nulls < rowCount
                    ? new RowNulls(form, rowCount, nulls, validity.Span, 0, validity)
                    : throw new Format.PageFormatException($"its validity has {nulls} nulls in {rowCount} rows");
            default:
                throw new Format.PageFormatException($"the form of its nulls is {(byte)form}");
        }
    }

    /// <summary>Before writing: makes the first <see cref="ValueCount"/> of a row's values those that belong into the page.</summary>
    public ReadOnlySpan<T> Pack<T>(Span<T> rows)
        where T : unmanaged
    {
        int at = 0;
        if (Form == NullForm.Dense)
        {
            for (int row = 0; row < RowCount; row++)
            {
                rows[at] = rows[row];
                at += Bit(row);
            }

            return rows[..at];
        }

        if (Form == NullForm.Filled)
        {
            T last = rows[FirstValid()];
            for (int row = 0; row < RowCount; row++)
            {
                if (Bit(row) != 0)
                    last = rows[row];
                rows[row] = last;
            }
        }

        return rows;
    }

    /// <summary>After reading: moves values to their rows, from the last on, within the same memory. Null rows get some value of the page.</summary>
    public void Unpack<T>(Span<T> rows)
        where T : unmanaged
    {
        if (Form != NullForm.Dense)
            return;
        int at = ValueCount - 1;
        for (int row = RowCount - 1; row > at; row--)
        {
            rows[row] = rows[Math.Max(at, 0)];
            at -= Bit(row);
        }
    }

    public bool IsNull(int row) => Form == NullForm.All || (Form != NullForm.None && Bit(row) == 0);

    private int FirstValid()
    {
        int row = 0;
        while (Bit(row) == 0)
            row++;
        return row;
    }

    private int Bit(int row) => (_bits[(_firstBit + row) >> 3] >> ((_firstBit + row) & 7)) & 1;
}
