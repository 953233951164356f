using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Varve.Arrow;
using Varve.Storage.Zones;

namespace Varve.Storage.Segments.Dictionaries;

/// <summary>
/// Finds the distinct values among rows of text or binary, and numbers them as they come. A hash table with linear probing over one run of bytes; the
/// hash starts from a random number, so that nobody can choose values that collide. One thread.
/// </summary>
internal sealed class ValueTable
{
    /// <summary>All values together: a dictionary is loaded whole.</summary>
    public const int BytesMax = 64 << 20;

    private static readonly ulong Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    // Per slot: the upper half of the value's hash, then its number plus one; 0 is free.
    private ulong[] _slots = new ulong[1024];
    private byte[] _bytes = new byte[4096];
    private int[] _ends = new int[257];

    public int Count { get; private set; }

    public int BytesCount => _ends[Count];

    public ReadOnlySpan<byte> this[int number] => _bytes.AsSpan(_ends[number].._ends[number + 1]);

    /// <summary>Adds the rows of an array, and says which value each has; -1 for null.</summary>
    /// <returns>False where the values have become too many to be kept; the table is of no more use then.</returns>
    public bool TryAdd(ArrayData array, Span<int> numbers)
    {
        ByteRows rows = new(array);
        for (int row = 0; row < numbers.Length; row++)
        {
            if (array.NullCount > 0 && array.IsNull(row))
            {
                numbers[row] = -1;
                continue;
            }

            int number = Find(rows[row]);
            if (number < 0)
                return false;
            numbers[row] = number;
        }

        return true;
    }

    private int Find(ReadOnlySpan<byte> value)
    {
        ulong hash = Hash(value);
        ulong tag = hash & 0xFFFFFFFF00000000;
        int mask = _slots.Length - 1;
        for (int at = (int)hash & mask; ; at = (at + 1) & mask)
        {
            ulong slot = _slots[at];
            if (slot == 0)
                return Add(value, tag, at);
            if ((slot & 0xFFFFFFFF00000000) == tag && this[(int)(uint)slot - 1].SequenceEqual(value))
                return (int)(uint)slot - 1;
        }
    }

    private int Add(ReadOnlySpan<byte> value, ulong tag, int at)
    {
        int end = _ends[Count];
        if (value.Length > BytesMax - end)
            return -1;
        if (end + value.Length > _bytes.Length)
            Array.Resize(ref _bytes, (int)BitOperations.RoundUpToPowerOf2((uint)(end + value.Length)));
        if (Count + 2 > _ends.Length)
            Array.Resize(ref _ends, 2 * _ends.Length);
        value.CopyTo(_bytes.AsSpan(end));
        _slots[at] = tag | (uint)(Count + 1);
        _ends[++Count] = end + value.Length;
        if (Count > _slots.Length / 2)
            Grow();
        return Count - 1;
    }

    private void Grow()
    {
        var larger = new ulong[4 * _slots.Length];
        int mask = larger.Length - 1;
        for (int number = 0; number < Count; number++)
        {
            ulong hash = Hash(this[number]);
            int at = (int)hash & mask;
            while (larger[at] != 0)
                at = (at + 1) & mask;
            larger[at] = (hash & 0xFFFFFFFF00000000) | (uint)(number + 1);
        }

        _slots = larger;
    }

    /// <summary>Each eight bytes are mixed in by a multiplication whose two halves are folded.</summary>
    private static ulong Hash(ReadOnlySpan<byte> value)
    {
        ulong hash = Seed ^ (ulong)value.Length;
        ref byte start = ref MemoryMarshal.GetReference(value);
        int at = 0;
        for (; at <= value.Length - 8; at += 8)
            hash = Fold(hash ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at)), 0x9E3779B97F4A7C15);
        ulong rest = 0;
        for (; at < value.Length; at++)
            rest = (rest << 8) | Unsafe.Add(ref start, at);
        return Fold(hash ^ rest, 0xD6E8FEB86659FD93);
    }

    private static ulong Fold(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }
}
