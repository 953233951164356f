using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Varve.Storage.Segments.Encoding.Packing;

/// <summary>Puts the value that a code stands for in the code's place.</summary>
/// <remarks>
/// Codes are loaded eight bytes at a time: what limits this is how many loads and stores a core begins in a cycle, and a value needs one of each
/// anyway. A gather instruction was slower for hundreds of values and faster for tens of thousands, which the first cache does not hold.
/// </remarks>
internal static class CodeLookup
{
    /// <param name="values">By code.</param>
    /// <param name="codes">Each known to be less than the number of values: nothing is checked here.</param>
    /// <param name="target">As many as there are codes.</param>
    public static void Fill<T, TCode>(ReadOnlySpan<T> values, ReadOnlySpan<TCode> codes, Span<T> target)
        where T : unmanaged
        where TCode : unmanaged
    {
        ref T value = ref MemoryMarshal.GetReference(values);
        ref byte code = ref Unsafe.As<TCode, byte>(ref MemoryMarshal.GetReference(codes));
        ref T to = ref MemoryMarshal.GetReference(target);
        nuint count = (nuint)target.Length;
        nuint i = 0;
        if (Unsafe.SizeOf<TCode>() == sizeof(byte))
        {
            for (; i + 8 <= count; i += 8)
            {
                ulong eight = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref code, i));
                Unsafe.Add(ref to, i) = Unsafe.Add(ref value, (nuint)(byte)eight);
                Unsafe.Add(ref to, i + 1) = Unsafe.Add(ref value, (nuint)(byte)(eight >> 8));
                Unsafe.Add(ref to, i + 2) = Unsafe.Add(ref value, (nuint)(byte)(eight >> 16));
                Unsafe.Add(ref to, i + 3) = Unsafe.Add(ref value, (nuint)(byte)(eight >> 24));
                Unsafe.Add(ref to, i + 4) = Unsafe.Add(ref value, (nuint)(byte)(eight >> 32));
                Unsafe.Add(ref to, i + 5) = Unsafe.Add(ref value, (nuint)(byte)(eight >> 40));
                Unsafe.Add(ref to, i + 6) = Unsafe.Add(ref value, (nuint)(byte)(eight >> 48));
                Unsafe.Add(ref to, i + 7) = Unsafe.Add(ref value, (nuint)(eight >> 56));
            }

            for (; i < count; i++)
                Unsafe.Add(ref to, i) = Unsafe.Add(ref value, (nuint)Unsafe.Add(ref code, i));
            return;
        }

        ref ushort wide = ref Unsafe.As<byte, ushort>(ref code);
        for (; i + 4 <= count; i += 4)
        {
            ulong four = Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<ushort, byte>(ref Unsafe.Add(ref wide, i)));
            Unsafe.Add(ref to, i) = Unsafe.Add(ref value, (nuint)(ushort)four);
            Unsafe.Add(ref to, i + 1) = Unsafe.Add(ref value, (nuint)(ushort)(four >> 16));
            Unsafe.Add(ref to, i + 2) = Unsafe.Add(ref value, (nuint)(ushort)(four >> 32));
            Unsafe.Add(ref to, i + 3) = Unsafe.Add(ref value, (nuint)(four >> 48));
        }

        for (; i < count; i++)
            Unsafe.Add(ref to, i) = Unsafe.Add(ref value, (nuint)Unsafe.Add(ref wide, i));
    }
}
