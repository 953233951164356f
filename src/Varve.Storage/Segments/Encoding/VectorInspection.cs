namespace Varve.Storage.Segments.Encoding;

/// <summary>Says in words how a vector is encoded. Any thread.</summary>
internal static class VectorInspection
{
    /// <summary>Such as "constant" or "for 12 bit".</summary>
    /// <exception cref="VectorFormatException">The source does not begin with a vector.</exception>
    public static string Describe(ReadOnlySpan<byte> source)
    {
        VectorHeader header = VectorHeader.Read(source);
        return header.Encoding switch
        {
            VectorEncoding.Raw => "raw",
            VectorEncoding.Constant => "constant",
            VectorEncoding.Frame when header.Parameter == FrameCodec.OfEachBlock => "for",
            VectorEncoding.Frame => $"for {header.Parameter} bit",
            _ => throw header.Unknown(),
        };
    }

    /// <summary>The bytes of the vector with which the source begins.</summary>
    /// <exception cref="VectorFormatException">The source does not begin with a vector.</exception>
    public static int BytesOf(ReadOnlySpan<byte> source) => VectorHeader.Bytes + VectorHeader.Read(source).BodyBytes;
}
