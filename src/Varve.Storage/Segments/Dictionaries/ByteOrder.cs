using System.Buffers.Binary;

namespace Varve.Storage.Segments.Dictionaries;

/// <summary>
/// Sorts the values of a table by their bytes: by eight bytes at a time as numbers, and where these are the same by the next eight. What all values
/// of a group begin with is skipped at once.
/// </summary>
internal static class ByteOrder
{
    /// <summary>Groups this small are sorted by comparing whole values.</summary>
    private const int SmallGroup = 12;

    /// <summary>The numbers of the values, the one with the least bytes first.</summary>
    public static int[] Sort(ValueTable table)
    {
        var order = new int[table.Count];
        for (int i = 0; i < order.Length; i++)
            order[i] = i;
        var keys = new ulong[order.Length];
        Stack<(int Start, int Count, int Depth)> groups = new();
        groups.Push((0, order.Length, 0));
        while (groups.TryPop(out (int Start, int Count, int Depth) group))
            Sort(table, order.AsSpan(group.Start, group.Count), keys.AsSpan(group.Start, group.Count), group.Start, group.Depth, groups);
        return order;
    }

    /// <param name="table">The values.</param>
    /// <param name="order">The group: values that begin with the same bytes.</param>
    /// <param name="keys">As many.</param>
    /// <param name="start">Where the group stands among all.</param>
    /// <param name="depth">How many bytes are the same.</param>
    /// <param name="groups">Takes what is still to be sorted.</param>
    private static void Sort(
        ValueTable table, Span<int> order, Span<ulong> keys, int start, int depth, Stack<(int Start, int Count, int Depth)> groups)
    {
        if (order.Length <= SmallGroup)
        {
            SortSmall(table, order, depth);
            return;
        }

        depth = SkipCommon(table, order, depth);
        for (int i = 0; i < order.Length; i++)
            keys[i] = Key(table[order[i]][depth..]);
        keys.Sort(order);
        for (int from = 0; from < order.Length;)
        {
            int to = from + 1;
            while (to < order.Length && keys[to] == keys[from])
                to++;
            if (to - from > 1)
            {
                int ended = SortEnded(table, order[from..to], depth + sizeof(ulong));
                if (to - from - ended > 1)
                    groups.Push((start + from + ended, to - from - ended, depth + sizeof(ulong)));
            }

            from = to;
        }
    }

    /// <summary>Eight bytes as a number in their order; zeros behind the end, which <see cref="SortEnded"/> sets right.</summary>
    private static ulong Key(ReadOnlySpan<byte> rest)
    {
        if (rest.Length >= sizeof(ulong))
            return BinaryPrimitives.ReadUInt64BigEndian(rest);
        ulong key = 0;
        for (int i = 0; i < rest.Length; i++)
            key |= (ulong)rest[i] << (56 - (8 * i));
        return key;
    }

    /// <summary>Of values with the same key, those that end within it come first, the shorter before the longer. Returns how many they are.</summary>
    private static int SortEnded(ValueTable table, Span<int> group, int depth)
    {
        int ended = 0;
        for (int i = 0; i < group.Length; i++)
        {
            if (table[group[i]].Length > depth)
                continue;
            (group[i], group[ended]) = (group[ended], group[i]);
            ended++;
        }

        // Distinct values with one key that end within it differ in length: at most nine.
        group[..ended].Sort((a, b) => table[a].Length - table[b].Length);
        return ended;
    }

    private static int SkipCommon(ValueTable table, ReadOnlySpan<int> group, int depth)
    {
        ReadOnlySpan<byte> first = table[group[0]];
        int common = first.Length;
        foreach (int number in group)
        {
            common = Math.Min(common, depth + first[depth..].CommonPrefixLength(table[number][depth..]));
            if (common == depth)
                break;
        }

        return common;
    }

    private static void SortSmall(ValueTable table, Span<int> group, int depth)
    {
        for (int i = 1; i < group.Length; i++)
        {
            int moved = group[i];
            ReadOnlySpan<byte> value = table[moved][depth..];
            int at = i;
            for (; at > 0 && value.SequenceCompareTo(table[group[at - 1]][depth..]) < 0; at--)
                group[at] = group[at - 1];
            group[at] = moved;
        }
    }
}
