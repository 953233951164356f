using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Varve.Storage.Segments.Encoding.Choice;

namespace Varve.Storage.Segments.Encoding.Codecs;

/// <summary>One value for all.</summary>
internal static class ConstantCodec
{
    public static double Encode<T>(T value, int count, VectorWriter writer)
        where T : unmanaged
    {
        int at = writer.BeginVector();
        MemoryMarshal.Write(writer.Append(Unsafe.SizeOf<T>()), value);
        writer.EndVector(at, VectorEncoding.Constant, Unsafe.SizeOf<T>(), 0, count);
        return count * Cost.FrameValue;
    }

    public static void Decode<T>(ReadOnlySpan<byte> body, Span<T> target)
        where T : unmanaged
    {
        BodyReader reader = new(body);
        target.Fill(reader.Take<T>());
        reader.End();
    }
}
