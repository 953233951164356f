using System.Numerics;
using Varve.Arrow;

namespace Varve.Query.Scan.Filtering;

/// <summary>Which rows of a block are left: a bit each. For one thread.</summary>
internal sealed class RowSet
{
    /// <summary>The most that a block has.</summary>
    private const int RowCountMax = 65_536;

    private readonly ulong[] _words = new ulong[RowCountMax >> 6];

    /// <summary>Rows of the block.</summary>
    public int RowCount { get; private set; }

    /// <summary>64 rows each; bits behind the last row are zero.</summary>
    public Span<ulong> Words => _words.AsSpan(0, (RowCount + 63) >> 6);

    public bool IsEmpty => Words.IndexOfAnyExcept(0UL) < 0;

    public int Count
    {
        get
        {
            int count = 0;
            foreach (ulong word in Words)
                count += BitOperations.PopCount(word);
            return count;
        }
    }

    /// <summary>The first row that is left; there must be one.</summary>
    public int First
    {
        get
        {
            int word = Words.IndexOfAnyExcept(0UL);
            return (word << 6) + BitOperations.TrailingZeroCount(_words[word]);
        }
    }

    /// <summary>The first row that is left from <paramref name="row"/> on; there must be one.</summary>
    public int NextAtOrAfter(int row)
    {
        int word = row >> 6;
        ulong rest = _words[word] & (ulong.MaxValue << (row & 63));
        if (rest != 0)
            return (word << 6) + BitOperations.TrailingZeroCount(rest);
        word += 1 + Words[(word + 1)..].IndexOfAnyExcept(0UL);
        return (word << 6) + BitOperations.TrailingZeroCount(_words[word]);
    }

    /// <summary>The last row that is left; there must be one.</summary>
    public int Last
    {
        get
        {
            int word = Words.LastIndexOfAnyExcept(0UL);
            return (word << 6) + 63 - BitOperations.LeadingZeroCount(_words[word]);
        }
    }

    /// <summary>All rows of a block.</summary>
    public void Fill(int rowCount)
    {
        RowCount = rowCount;
        Words.Fill(ulong.MaxValue);
        if ((rowCount & 63) != 0)
            Words[^1] = ulong.MaxValue >> (64 - (rowCount & 63));
    }

    public void Clear() => Words.Clear();

    public void CopyFrom(RowSet other)
    {
        RowCount = other.RowCount;
        other.Words.CopyTo(_words);
    }

    public void Add(RowSet other)
    {
        ReadOnlySpan<ulong> words = other.Words;
        for (int i = 0; i < words.Length; i++)
            _words[i] |= words[i];
    }

    /// <summary>Leaves the rows of [from, to).</summary>
    public void KeepRange(int from, int to)
    {
        Span<ulong> words = Words;
        for (int i = 0; i < words.Length; i++)
            words[i] &= Below(to - (i << 6)) & ~Below(from - (i << 6));
    }

    /// <summary>Leaves the rows whose bit is set, or is not.</summary>
    /// <param name="bits">In Arrow's order.</param>
    /// <param name="at">The bit of the first row.</param>
    /// <param name="isSet">Which bits to keep.</param>
    public void KeepBits(ReadOnlySpan<byte> bits, int at, bool isSet)
    {
        Span<ulong> words = Words;
        ulong flip = isSet ? 0 : ulong.MaxValue;
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i] != 0)
                words[i] &= BitWords.Read(bits, at + (i << 6)) ^ flip;
        }
    }

    /// <summary>Leaves the rows in which the column is null, or is not.</summary>
    public void KeepNulls(ArrayData column, bool isNull)
    {
        bool areAllNull = column.Type.Id == ArrowTypeId.Null;
        if (areAllNull || column.NullCount == 0)
        {
            if (areAllNull != isNull)
                Clear();
            return;
        }

        KeepBits(column.Validity, column.Offset, isSet: !isNull);
    }

    /// <summary>Writes the rows that are left and returns their number.</summary>
    public int CopyRows(Span<int> target)
    {
        int count = 0;
        ReadOnlySpan<ulong> words = Words;
        for (int i = 0; i < words.Length; i++)
        {
            for (ulong word = words[i]; word != 0; word &= word - 1)
                target[count++] = (i << 6) + BitOperations.TrailingZeroCount(word);
        }

        return count;
    }

    /// <summary>The lowest bits, that many: none below 1, all from 64 on.</summary>
    private static ulong Below(int count) => count <= 0 ? 0 : count >= 64 ? ulong.MaxValue : (1UL << count) - 1;
}
