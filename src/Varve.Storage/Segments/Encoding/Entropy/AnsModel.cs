using System.Numerics;

namespace Varve.Storage.Segments.Encoding.Entropy;

/// <summary>
/// How often each symbol is expected, for a tabled asymmetric numeral system (J. Duda, arXiv:1311.2540): shares of 2^<see cref="TableBits"/>, at
/// least one each. Immutable.
/// </summary>
internal sealed class AnsModel
{
    public const int SymbolsMax = 2048;
    public const int TableBitsMax = 13;

    private const int TableBitsMin = 8;

    private AnsModel(ushort[] shares, int tableBits)
    {
        Shares = shares;
        TableBits = tableBits;
    }

    /// <summary>One per symbol; they sum up to the size of the table.</summary>
    public ushort[] Shares { get; }

    public int TableBits { get; }

    public int TableSize => 1 << TableBits;

    /// <summary>The shares that come nearest to the counts, each of which is at least 1.</summary>
    public static AnsModel Of(ReadOnlySpan<int> counts)
    {
        int tableBits = BitsFor(counts.Length);
        int size = 1 << tableBits;
        double total = 0;
        foreach (int count in counts)
            total += count;
        ushort[] shares = new ushort[counts.Length];
        int left = size;
        for (int s = 0; s < shares.Length; s++)
        {
            // One symbol alone would get all of the table and one more.
            shares[s] = (ushort)Math.Clamp((int)Math.Round(counts[s] * size / total), 1, size);
            left -= shares[s];
        }

        Settle(counts, shares, left);
        return new AnsModel(shares, tableBits);
    }

    /// <exception cref="VectorFormatException">The shares don't sum up to the table.</exception>
    public static AnsModel Read(ReadOnlySpan<ushort> shares, int tableBits)
    {
        if (tableBits is < 1 or > TableBitsMax)
            throw new VectorFormatException($"a table of symbols has {tableBits} bits, 1 to {TableBitsMax} were expected");
        long sum = 0;
        foreach (ushort share in shares)
            sum += share == 0 ? long.MinValue >> 16 : share;
        if (sum != 1 << tableBits)
            throw new VectorFormatException($"the shares of {shares.Length} symbols do not sum up to {1 << tableBits}");
        return new AnsModel(shares.ToArray(), tableBits);
    }

    /// <summary>Which symbol each place of the table stands for: a symbol's places are spread over the whole.</summary>
    public void Spread(Span<ushort> symbols)
    {
        int size = TableSize;
        int step = (size >> 1) + (size >> 3) + 3;
        int place = 0;
        for (int s = 0; s < Shares.Length; s++)
        {
            for (int i = 0; i < Shares[s]; i++)
            {
                symbols[place] = (ushort)s;
                place = (place + step) & (size - 1);
            }
        }
    }

    /// <summary>
    /// Many places for each symbol, so that frequent ones can be told from rare ones; but small tables are made sooner and stay in the nearest cache.
    /// </summary>
    private static int BitsFor(int symbolCount) =>
        Math.Clamp(BitOperations.Log2((uint)symbolCount) + 4, TableBitsMin, symbolCount < SymbolsMax / 2 ? TableBitsMax - 1 : TableBitsMax);

    /// <summary>Gives out what is left of the table where it saves most bits, or takes back what is too much where it costs fewest.</summary>
    private static void Settle(ReadOnlySpan<int> counts, ushort[] shares, int left)
    {
        if (left == 0)
            return;
        int sign = Math.Sign(left);
        PriorityQueue<int, double> next = new(shares.Length);
        for (int s = 0; s < shares.Length; s++)
            Enqueue(counts[s], s);
        for (; left != 0; left -= sign)
        {
            int s = next.Dequeue();
            shares[s] = (ushort)(shares[s] + sign);
            Enqueue(counts[s], s);
        }

        void Enqueue(int count, int s)
        {
            if (shares[s] + sign > 0)
                next.Enqueue(s, -count * Math.Log2((double)(shares[s] + sign) / shares[s]));
        }
    }
}
