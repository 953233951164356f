using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Varve.Storage.Segments.Encoding;

/// <summary>One value for all.</summary>
internal static class ConstantCodec
{
    public static void Encode<T>(T value, int count, VectorWriter writer)
        where T : unmanaged
    {
        int at = writer.BeginVector();
        MemoryMarshal.Write(writer.Append(Unsafe.SizeOf<T>()), value);
        writer.EndVector(at, VectorEncoding.Constant, Unsafe.SizeOf<T>(), 0, count);
    }

    public static void Decode<T>(ReadOnlySpan<byte> body, Span<T> target)
        where T : unmanaged
    {
        BodyReader reader = new(body);
        target.Fill(reader.Take<T>());
        reader.End();
    }
}
