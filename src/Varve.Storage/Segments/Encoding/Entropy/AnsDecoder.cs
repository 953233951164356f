using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Varve.Storage.Segments.Encoding.Entropy;

/// <summary>
/// The loop that turns bits into values. Nothing that it reads can lead it out of what it was given: states stay within the table whatever the bits
/// are (<see cref="AnsDecodeTable"/>), and places are held back at the last whole word. Any thread.
/// </summary>
internal static class AnsDecoder
{
    /// <summary>
    /// Four symbols of each stream, from one word: of its 64 bits at least 56 are left below the marker, and symbols take at most 13 each.
    /// </summary>
    private const int SymbolsAtOnce = 4 * AnsStreams.Count;
    private const int BitsPerLoad = 56;

    /// <summary>Shifted out of a word together with its bits: the zeros above it are the bits that were read.</summary>
    private const ulong Marker = 1UL << 63;

    /// <param name="table">Filled by <see cref="AnsDecodeTable"/>.</param>
    /// <param name="values">The value that each state of the table stands for.</param>
    /// <param name="streams">At least 8 bytes.</param>
    /// <param name="places">Where each stream begins, in bits; where it ended, on return.</param>
    /// <param name="states">Within the table.</param>
    /// <param name="target">As many values as there are symbols.</param>
    public static void Decode<T>(
        ReadOnlySpan<uint> table, ReadOnlySpan<T> values, ReadOnlySpan<byte> streams, Span<long> places, Span<int> states, Span<T> target)
        where T : unmanaged
    {
        ref uint entries = ref MemoryMarshal.GetReference(table);
        ref T stateValues = ref MemoryMarshal.GetReference(values);
        ref byte bytes = ref MemoryMarshal.GetReference(streams);
        ref T to = ref MemoryMarshal.GetReference(target);
        long lastWord = streams.Length - sizeof(ulong);
        long p0 = places[0], p1 = places[1], p2 = places[2], p3 = places[3];
        nuint s0 = (nuint)states[0], s1 = (nuint)states[1], s2 = (nuint)states[2], s3 = (nuint)states[3];
        nuint i = 0;
        nuint whole = (nuint)target.Length & ~(nuint)(SymbolsAtOnce - 1);
        while (i < whole)
        {
            // So many rounds cannot read beyond the last word, whatever they read.
            long roundsLeft = ((lastWord * 8) - Math.Max(Math.Max(p0, p1), Math.Max(p2, p3))) / BitsPerLoad;
            if (roundsLeft <= 0)
                break;
            nuint end = i + Math.Min(whole - i, (nuint)roundsLeft * SymbolsAtOnce);
            for (; i < end; i += SymbolsAtOnce)
            {
                ulong w0 = Load(ref bytes, p0);
                ulong w1 = Load(ref bytes, p1);
                ulong w2 = Load(ref bytes, p2);
                ulong w3 = Load(ref bytes, p3);
                ref T at = ref Unsafe.Add(ref to, i);
                at = Next(ref entries, ref stateValues, ref s0, ref w0);
                Unsafe.Add(ref at, 1) = Next(ref entries, ref stateValues, ref s1, ref w1);
                Unsafe.Add(ref at, 2) = Next(ref entries, ref stateValues, ref s2, ref w2);
                Unsafe.Add(ref at, 3) = Next(ref entries, ref stateValues, ref s3, ref w3);
                Unsafe.Add(ref at, 4) = Next(ref entries, ref stateValues, ref s0, ref w0);
                Unsafe.Add(ref at, 5) = Next(ref entries, ref stateValues, ref s1, ref w1);
                Unsafe.Add(ref at, 6) = Next(ref entries, ref stateValues, ref s2, ref w2);
                Unsafe.Add(ref at, 7) = Next(ref entries, ref stateValues, ref s3, ref w3);
                Unsafe.Add(ref at, 8) = Next(ref entries, ref stateValues, ref s0, ref w0);
                Unsafe.Add(ref at, 9) = Next(ref entries, ref stateValues, ref s1, ref w1);
                Unsafe.Add(ref at, 10) = Next(ref entries, ref stateValues, ref s2, ref w2);
                Unsafe.Add(ref at, 11) = Next(ref entries, ref stateValues, ref s3, ref w3);
                Unsafe.Add(ref at, 12) = Next(ref entries, ref stateValues, ref s0, ref w0);
                Unsafe.Add(ref at, 13) = Next(ref entries, ref stateValues, ref s1, ref w1);
                Unsafe.Add(ref at, 14) = Next(ref entries, ref stateValues, ref s2, ref w2);
                Unsafe.Add(ref at, 15) = Next(ref entries, ref stateValues, ref s3, ref w3);
                p0 += (long)ulong.LeadingZeroCount(w0);
                p1 += (long)ulong.LeadingZeroCount(w1);
                p2 += (long)ulong.LeadingZeroCount(w2);
                p3 += (long)ulong.LeadingZeroCount(w3);
            }
        }

        (places[0], places[1], places[2], places[3]) = (p0, p1, p2, p3);
        (states[0], states[1], states[2], states[3]) = ((int)s0, (int)s1, (int)s2, (int)s3);
        for (; i < (nuint)target.Length; i++)
        {
            int s = (int)(i % AnsStreams.Count);
            nuint state = (nuint)states[s];
            long held = Math.Min(places[s], lastWord * 8);
            ulong word = Load(ref bytes, held);
            Unsafe.Add(ref to, i) = Next(ref entries, ref stateValues, ref state, ref word);
            places[s] += (long)ulong.LeadingZeroCount(word);
            states[s] = (int)state;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Load(ref byte bytes, long place) =>
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, (nint)(place >> 3))) >> (int)(place & 7) | Marker;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Next<T>(ref uint entries, ref T values, ref nuint state, ref ulong word)
        where T : unmanaged
    {
        uint entry = Unsafe.Add(ref entries, state);
        T value = Unsafe.Add(ref values, state);
        state = (entry >> AnsDecodeTable.StateShift) + (nuint)LowBits(word, entry);
        word >>= (int)entry;
        return value;
    }

    /// <summary>As many of the word's low bits as the low byte of the entry says.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong LowBits(ulong word, uint entry) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.ZeroHighBits(word, entry) : word & ~(ulong.MaxValue << (int)entry);
}
