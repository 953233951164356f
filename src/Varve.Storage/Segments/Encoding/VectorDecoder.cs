using System.Numerics;
using System.Runtime.CompilerServices;
using Varve.Storage.Segments.Encoding.Codecs;

namespace Varve.Storage.Segments.Encoding;

/// <summary>Decodes vectors of unsigned numbers, and the vectors that are inside of them. Any thread.</summary>
internal static class VectorDecoder
{
    /// <summary>Vectors lie within vectors at most this deep: what is read cannot exhaust the stack.</summary>
    public const int DepthMax = 10;

    /// <summary>Decodes a vector of exactly as many values as the target takes, and returns the bytes it took.</summary>
    public static int Decode<T>(ReadOnlySpan<byte> source, Span<T> target, int depth)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        CheckDepth(depth);
        var header = VectorHeader.Read(source, Unsafe.SizeOf<T>(), target.Length);
        Decode(header, header.Body(source), target, depth);
        return header.VectorBytes;
    }

    /// <exception cref="VectorFormatException">Too deep.</exception>
    public static void CheckDepth(int depth)
    {
        if (depth > DepthMax)
            throw new VectorFormatException($"vectors lie within one another more than {DepthMax} deep");
    }

    public static void Decode<T>(in VectorHeader header, ReadOnlySpan<byte> body, Span<T> target, int depth)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        switch (header.Encoding)
        {
            case VectorEncoding.Raw:
                RawCodec.Decode(body, target);
                break;
            case VectorEncoding.Constant:
                ConstantCodec.Decode(body, target);
                break;
            case VectorEncoding.Frame:
                FrameCodec.Decode(header, body, target);
                break;
            case VectorEncoding.Runs:
                RunsCodec.Decode(body, target, depth + 1);
                break;
            case VectorEncoding.Delta:
                DeltaCodec.Decode(header, body, target, depth + 1);
                break;
            case VectorEncoding.Patched:
                PatchedCodec.Decode(body, target, depth + 1);
                break;
            case VectorEncoding.Dictionary:
                DictionaryCodec.Decode(body, target, depth + 1);
                break;
            case VectorEncoding.Entropy:
                EntropyCodec.Decode(header, body, target, depth + 1);
                break;
            case VectorEncoding.Split:
                SplitCodec.Decode(header, body, target, depth + 1);
                break;
            case VectorEncoding.Scaled:
                ScaledCodec.Decode(body, target, depth + 1);
                break;
            case VectorEncoding.Zstd:
                ZstdCodec.Decode(header, body, target);
                break;
            default:
                throw header.Unknown();
        }
    }
}
