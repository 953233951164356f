using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Varve.Storage.Segments.Encoding;

/// <summary>The values as they are, little-endian.</summary>
internal static class RawCodec
{
    public static void Encode<T>(ReadOnlySpan<T> values, VectorWriter writer)
        where T : unmanaged
    {
        int at = writer.BeginVector();
        writer.Append(MemoryMarshal.AsBytes(values));
        writer.EndVector(at, VectorEncoding.Raw, Unsafe.SizeOf<T>(), 0, values.Length);
    }

    public static void Decode<T>(ReadOnlySpan<byte> body, Span<T> target)
        where T : unmanaged
    {
        BodyReader reader = new(body);
        reader.Take((long)target.Length * Unsafe.SizeOf<T>()).CopyTo(MemoryMarshal.AsBytes(target));
        reader.End();
    }
}
