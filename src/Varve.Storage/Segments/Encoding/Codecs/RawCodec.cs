using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Varve.Storage.Segments.Encoding.Choice;

namespace Varve.Storage.Segments.Encoding.Codecs;

/// <summary>The values as they are, little-endian.</summary>
internal static class RawCodec
{
    public static double Encode<T>(ReadOnlySpan<T> values, VectorWriter writer)
        where T : unmanaged
    {
        int at = writer.BeginVector();
        writer.Append(MemoryMarshal.AsBytes(values));
        writer.EndVector(at, VectorEncoding.Raw, Unsafe.SizeOf<T>(), 0, values.Length);
        return values.Length * Cost.FrameValue;
    }

    public static void Decode<T>(ReadOnlySpan<byte> body, Span<T> target)
        where T : unmanaged
    {
        BodyReader reader = new(body);
        reader.Take((long)target.Length * Unsafe.SizeOf<T>()).CopyTo(MemoryMarshal.AsBytes(target));
        reader.End();
    }
}
