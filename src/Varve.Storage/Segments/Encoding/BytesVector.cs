using Varve.Storage.Segments.Encoding.Choice;
using Varve.Storage.Segments.Encoding.Codecs;

namespace Varve.Storage.Segments.Encoding;

/// <summary>Bytes of no known structure as a vector; their number is the vector's count. Any thread.</summary>
internal static class BytesVector
{
    /// <summary>Appends the bytes, compressed where that pays.</summary>
    public static void Encode(ReadOnlySpan<byte> bytes, VectorWriter writer)
    {
        Contest contest = new(writer, Cost.Of(VectorHeader.VectorBytesOf(0, bytes.Length, bytes.Length), 0));
        if (ZstdCodec.IsWorthTrying(bytes))
            contest.Judge(ZstdCodec.Encode(bytes, (byte)0, 1, inPlanes: false, writer));
        if (!contest.HasWinner)
            RawCodec.Encode(bytes, writer);
    }

    /// <summary>
    /// Decodes a vector of exactly as many bytes as the target takes, from the source's begin, and returns the bytes it took there.
    /// </summary>
    /// <exception cref="VectorFormatException">The source does not begin with such a vector.</exception>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target) => VectorDecoder.Decode(source, target, 0);
}
