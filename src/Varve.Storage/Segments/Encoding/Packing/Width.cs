using System.Numerics;
using System.Runtime.CompilerServices;

namespace Varve.Storage.Segments.Encoding.Packing;

/// <summary>Bits of numbers whatever their sign.</summary>
internal static class Width
{
    /// <summary>The number's bits, with zeros above them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Unsigned<T>(T value)
        where T : unmanaged, IBinaryInteger<T> => Unsafe.SizeOf<T>() switch
        {
            1 => byte.CreateTruncating(value),
            2 => ushort.CreateTruncating(value),
            4 => uint.CreateTruncating(value),
            _ => ulong.CreateTruncating(value),
        };

    /// <summary>The bits that the number takes, up to its highest one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Of<T>(T value)
        where T : unmanaged, IBinaryInteger<T> => 64 - BitOperations.LeadingZeroCount(Unsigned(value));

    /// <summary>The bits of the greatest difference, also where it wraps around.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Between<T>(T least, T greatest)
        where T : unmanaged, IBinaryInteger<T> => Of(unchecked(greatest - least));
}
