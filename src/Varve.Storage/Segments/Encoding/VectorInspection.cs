using Varve.Storage.Segments.Encoding.Codecs;

namespace Varve.Storage.Segments.Encoding;

/// <summary>Says in words how a vector is encoded. Any thread.</summary>
internal static class VectorInspection
{
    /// <summary>Such as "constant", "for 12 bit" or "delta + entropy": what lies within comes behind.</summary>
    /// <exception cref="VectorFormatException">The source does not begin with a vector.</exception>
    public static string Describe(ReadOnlySpan<byte> source) => Describe(source, 0);

    /// <summary>The bytes of the vector with which the source begins.</summary>
    /// <exception cref="VectorFormatException">The source does not begin with a vector.</exception>
    public static int BytesOf(ReadOnlySpan<byte> source) => VectorHeader.Read(source).VectorBytes;

    private static string Describe(ReadOnlySpan<byte> source, int depth)
    {
        var header = VectorHeader.Read(source);
        VectorDecoder.CheckDepth(depth);
        BodyReader reader = new(header.Body(source));
        switch (header.Encoding)
        {
            case VectorEncoding.Raw:
                return "raw";
            case VectorEncoding.Constant:
                return "constant";
            case VectorEncoding.Frame:
                return header.Parameter == FrameCodec.OfEachBlock ? "for" : $"for {header.Parameter} bit";
            case VectorEncoding.Entropy:
                return "entropy";
            case VectorEncoding.Zstd:
                return (header.Parameter & ZstdCodec.InPlanes) != 0 ? "zstd in planes" : "zstd";
            case VectorEncoding.Places:
                reader.Take<uint>();
                return "places + " + Describe(reader.TakeAll(), depth + 1);
            case VectorEncoding.Runs:
                reader.Take<uint>();
                return "runs + " + Describe(reader.TakeAll(), depth + 1);
            case VectorEncoding.Delta:
                reader.SkipVector();
                return (header.Parameter == 1 ? "delta + " : $"delta over {header.Parameter} + ") + Describe(reader.TakeAll(), depth + 1);
            case VectorEncoding.Decimal:
                return $"decimal {header.Parameter & 0xFF}-{header.Parameter >> 8} + " + Describe(reader.TakeAll(), depth + 1);
            case VectorEncoding.Apart:
                reader.Take<uint>();
                reader.SkipVector();
                return "apart + " + Describe(reader.TakeAll(), depth + 1);
            case VectorEncoding.Patched:
                return "patched + " + Describe(reader.TakeAll(), depth + 1);
            case VectorEncoding.Dictionary:
                reader.Take<uint>();
                reader.SkipVector();
                return "dict + " + Describe(reader.TakeAll(), depth + 1);
            case VectorEncoding.Split:
                reader.Take(header.ValueBytes);
                return $"split {header.Parameter} bit + " + Describe(reader.TakeAll(), depth + 1);
            case VectorEncoding.Scaled:
                reader.Take(2 * header.ValueBytes);
                return "scaled + " + Describe(reader.TakeAll(), depth + 1);
            default:
                throw header.Unknown();
        }
    }
}
