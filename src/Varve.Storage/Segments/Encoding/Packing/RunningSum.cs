using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Varve.Storage.Segments.Encoding.Packing;

/// <summary>Makes of each value the sum of all up to it, modulo 2^n.</summary>
internal static class RunningSum
{
    public static void Make<T>(Span<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (Avx512F.IsSupported && typeof(T) == typeof(ulong))
            Make64(MemoryMarshal.Cast<T, ulong>(values));
        else if (Avx512F.IsSupported && typeof(T) == typeof(uint))
            Make32(MemoryMarshal.Cast<T, uint>(values));
        else
            MakeScalar(values, T.Zero);
    }

    internal static void MakeScalar<T>(Span<T> values, T sum)
        where T : unmanaged, IBinaryInteger<T>
    {
        foreach (ref T value in values)
        {
            sum = unchecked(sum + value);
            value = sum;
        }
    }

    /// <summary>Within a vector sums are made of neighbours, then of pairs, then of fours; what came before is added to all.</summary>
    private static void Make64(Span<ulong> values)
    {
        ref ulong first = ref MemoryMarshal.GetReference(values);
        Vector512<ulong> before = Vector512<ulong>.Zero;
        Vector512<ulong> last = Vector512.Create(7UL);
        int i = 0;
        for (; i <= values.Length - Vector512<ulong>.Count; i += Vector512<ulong>.Count)
        {
            Vector512<ulong> sum = Vector512.LoadUnsafe(ref first, (nuint)i);
            sum += Avx512F.AlignRight64(sum, Vector512<ulong>.Zero, 7);
            sum += Avx512F.AlignRight64(sum, Vector512<ulong>.Zero, 6);
            sum += Avx512F.AlignRight64(sum, Vector512<ulong>.Zero, 4);

            // The way from one vector to the next is one addition: the last sum is spread before what came before is added.
            Vector512<ulong> whole = Avx512F.PermuteVar8x64(sum, last);
            (sum + before).StoreUnsafe(ref first, (nuint)i);
            before += whole;
        }

        MakeScalar(values[i..], before[0]);
    }

    private static void Make32(Span<uint> values)
    {
        ref uint first = ref MemoryMarshal.GetReference(values);
        Vector512<uint> before = Vector512<uint>.Zero;
        Vector512<uint> last = Vector512.Create(15U);
        int i = 0;
        for (; i <= values.Length - Vector512<uint>.Count; i += Vector512<uint>.Count)
        {
            Vector512<uint> sum = Vector512.LoadUnsafe(ref first, (nuint)i);
            sum += Avx512F.AlignRight32(sum, Vector512<uint>.Zero, 15);
            sum += Avx512F.AlignRight32(sum, Vector512<uint>.Zero, 14);
            sum += Avx512F.AlignRight32(sum, Vector512<uint>.Zero, 12);
            sum += Avx512F.AlignRight32(sum, Vector512<uint>.Zero, 8);
            Vector512<uint> whole = Avx512F.PermuteVar16x32(sum, last);
            (sum + before).StoreUnsafe(ref first, (nuint)i);
            before += whole;
        }

        MakeScalar(values[i..], before[0]);
    }
}
