using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Varve.Storage.Segments.Encoding.Decimals;

/// <summary>Whole numbers to reals, where they stand. Every width of vectors gives the same bits.</summary>
internal static class DecimalReal
{
    public static void Make(Span<ulong> wholes, DecimalScale scale)
    {
        int done = Vector512.IsHardwareAccelerated ? Make512(wholes, scale) : Vector256.IsHardwareAccelerated ? Make256(wholes, scale) : 0;
        MakeScalar(wholes[done..], scale);
    }

    public static void Make(Span<uint> wholes, DecimalScale scale)
    {
        int done = Avx512F.IsSupported ? Make512(wholes, scale) : Avx.IsSupported ? Make256(wholes, scale) : 0;
        MakeScalar(wholes[done..], scale);
    }

    /// <summary>Makes whole vectors, and returns how many numbers these are; so the others do.</summary>
    internal static int Make512(Span<ulong> wholes, DecimalScale scale)
    {
        ref ulong first = ref MemoryMarshal.GetReference(wholes);
        int i = 0;
        for (; i <= wholes.Length - Vector512<long>.Count; i += Vector512<long>.Count)
        {
            Vector512<double> real = Vector512.ConvertToDouble(Vector512.LoadUnsafe(ref first, (nuint)i).AsInt64());
            (real * scale.ToReal * scale.ToRealThen).AsUInt64().StoreUnsafe(ref first, (nuint)i);
        }

        return i;
    }

    internal static int Make256(Span<ulong> wholes, DecimalScale scale)
    {
        ref ulong first = ref MemoryMarshal.GetReference(wholes);
        int i = 0;
        for (; i <= wholes.Length - Vector256<long>.Count; i += Vector256<long>.Count)
        {
            Vector256<double> real = Vector256.ConvertToDouble(Vector256.LoadUnsafe(ref first, (nuint)i).AsInt64());
            (real * scale.ToReal * scale.ToRealThen).AsUInt64().StoreUnsafe(ref first, (nuint)i);
        }

        return i;
    }

    /// <summary>Needs AVX-512, which converts between 32 and 64 bits in one step.</summary>
    internal static int Make512(Span<uint> wholes, DecimalScale scale)
    {
        ref uint first = ref MemoryMarshal.GetReference(wholes);
        int i = 0;
        for (; i <= wholes.Length - Vector256<int>.Count; i += Vector256<int>.Count)
        {
            Vector512<double> real = Avx512F.ConvertToVector512Double(Vector256.LoadUnsafe(ref first, (nuint)i).AsInt32());
            Avx512F.ConvertToVector256Single(real * scale.ToReal * scale.ToRealThen).AsUInt32().StoreUnsafe(ref first, (nuint)i);
        }

        return i;
    }

    /// <summary>Needs AVX.</summary>
    internal static int Make256(Span<uint> wholes, DecimalScale scale)
    {
        ref uint first = ref MemoryMarshal.GetReference(wholes);
        int i = 0;
        for (; i <= wholes.Length - Vector128<int>.Count; i += Vector128<int>.Count)
        {
            Vector256<double> real = Avx.ConvertToVector256Double(Vector128.LoadUnsafe(ref first, (nuint)i).AsInt32());
            Avx.ConvertToVector128Single(real * scale.ToReal * scale.ToRealThen).AsUInt32().StoreUnsafe(ref first, (nuint)i);
        }

        return i;
    }

    internal static void MakeScalar(Span<ulong> wholes, DecimalScale scale)
    {
        foreach (ref ulong value in wholes)
            value = BitConverter.DoubleToUInt64Bits((long)value * scale.ToReal * scale.ToRealThen);
    }

    internal static void MakeScalar(Span<uint> wholes, DecimalScale scale)
    {
        foreach (ref uint value in wholes)
            value = BitConverter.SingleToUInt32Bits((float)((int)value * scale.ToReal * scale.ToRealThen));
    }
}
