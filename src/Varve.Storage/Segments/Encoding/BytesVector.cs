namespace Varve.Storage.Segments.Encoding;

/// <summary>Bytes of no known structure as a vector; their number is the vector's count. Any thread.</summary>
internal static class BytesVector
{
    /// <summary>Appends the bytes, compressed where that pays.</summary>
    public static void Encode(ReadOnlySpan<byte> bytes, VectorWriter writer) => RawCodec.Encode(bytes, writer);

    /// <summary>Decodes a vector of exactly as many bytes as the target takes, from the source's begin, and returns the bytes it took there.</summary>
    /// <exception cref="VectorFormatException">The source does not begin with such a vector.</exception>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        VectorHeader header = VectorHeader.Read(source, 1, target.Length);
        if (header.Encoding != VectorEncoding.Raw)
            throw header.Unknown();
        RawCodec.Decode(source.Slice(VectorHeader.Bytes, header.BodyBytes), target);
        return VectorHeader.Bytes + header.BodyBytes;
    }
}
