using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Varve.Storage.Segments.Encoding.Decimals;

/// <summary>Whole numbers to reals, where they stand.</summary>
internal static class DecimalReal
{
    public static void Make(Span<ulong> wholes, DecimalScale scale)
    {
        ref ulong first = ref MemoryMarshal.GetReference(wholes);
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i <= wholes.Length - Vector512<long>.Count; i += Vector512<long>.Count)
            {
                Vector512<double> real = Vector512.ConvertToDouble(Vector512.LoadUnsafe(ref first, (nuint)i).AsInt64());
                (real * scale.ToReal * scale.ToRealThen).AsUInt64().StoreUnsafe(ref first, (nuint)i);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= wholes.Length - Vector256<long>.Count; i += Vector256<long>.Count)
            {
                Vector256<double> real = Vector256.ConvertToDouble(Vector256.LoadUnsafe(ref first, (nuint)i).AsInt64());
                (real * scale.ToReal * scale.ToRealThen).AsUInt64().StoreUnsafe(ref first, (nuint)i);
            }
        }

        MakeScalar(wholes[i..], scale);
    }

    public static void Make(Span<uint> wholes, DecimalScale scale)
    {
        ref uint first = ref MemoryMarshal.GetReference(wholes);
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i <= wholes.Length - Vector512<int>.Count; i += Vector512<int>.Count)
            {
                (Vector512<long> lower, Vector512<long> upper) = Vector512.Widen(Vector512.LoadUnsafe(ref first, (nuint)i).AsInt32());
                Vector512<double> lowerReal = Vector512.ConvertToDouble(lower) * scale.ToReal * scale.ToRealThen;
                Vector512<double> upperReal = Vector512.ConvertToDouble(upper) * scale.ToReal * scale.ToRealThen;
                Vector512.Narrow(lowerReal, upperReal).AsUInt32().StoreUnsafe(ref first, (nuint)i);
            }
        }

        MakeScalar(wholes[i..], scale);
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
