using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Varve.Arrow;
using Varve.Arrow.Compression;
using Varve.Storage.Segments.Encoding.Choice;
using Varve.Storage.Segments.Encoding.Packing;

namespace Varve.Storage.Segments.Encoding.Codecs;

/// <summary>
/// Bytes of values, compressed with zstd: where values repeat in patterns that nothing else here sees.
/// <code>
/// parameter        bytes of a difference, 1 to the bytes of a value; + 256: in planes
/// T                base of the differences
/// in planes: for each byte of a difference, the least significant one first; else once for all
///   u32            bytes that follow
///   bytes          one zstd frame; where they are as many as it would hold, these themselves
/// </code>
/// Of bits, only the last two.
/// </summary>
internal static class ZstdCodec
{
    public const int InPlanes = 256;

    /// <summary>Level 3 finds what level 1 misses in repeated records and is as fast to decode; above it, time grows faster than what is saved.</summary>
    private const int Level = 3;

    /// <summary>A trial: enough to see a pattern of some hundred rows, little enough to be quick.</summary>
    private const int TrialLevel = 1;
    private const int TrialBytes = 16 << 10;

    public static double Encode<T>(ReadOnlySpan<T> values, T start, int differenceBytes, bool inPlanes, VectorWriter writer)
        where T : unmanaged, IBinaryInteger<T>
    {
        int at = writer.BeginVector();
        writer.AppendValue(start);
        using Scratch<byte> bytes = new(checked(values.Length * differenceBytes));
        ToBytes(values, start, differenceBytes, inPlanes, bytes.Span);
        int planeBytes = inPlanes ? values.Length : bytes.Span.Length;
        for (int plane = 0; plane < bytes.Span.Length; plane += planeBytes)
            Compress(bytes.Span.Slice(plane, planeBytes), writer);
        writer.EndVector(at, VectorEncoding.Zstd, Unsafe.SizeOf<T>(), differenceBytes | (inPlanes ? InPlanes : 0), values.Length);
        return Cost.Layer + (bytes.Span.Length * Cost.ZstdByte);
    }

    public static double EncodeBits(ReadOnlySpan<byte> bits, int bitCount, VectorWriter writer)
    {
        int at = writer.BeginVector();
        Compress(bits, writer);
        writer.EndVector(at, VectorEncoding.Zstd, 0, 0, bitCount);
        return Cost.Layer + (bits.Length * Cost.ZstdByte);
    }

    public static void Decode<T>(in VectorHeader header, ReadOnlySpan<byte> body, Span<T> target)
        where T : unmanaged, IBinaryInteger<T>
    {
        bool inPlanes = (header.Parameter & InPlanes) != 0;
        int differenceBytes = header.Parameter & ~InPlanes;
        if (differenceBytes < 1 || differenceBytes > Unsafe.SizeOf<T>())
            throw new VectorFormatException($"{differenceBytes} bytes of a value of {Unsafe.SizeOf<T>()} are compressed");
        BodyReader reader = new(body);
        T start = reader.Take<T>();
        if (!inPlanes && differenceBytes == Unsafe.SizeOf<T>())
        {
            Decompress(ref reader, MemoryMarshal.AsBytes(target));
            Widening.AddTo(target, start);
        }
        else
        {
            int planeBytes = inPlanes ? target.Length : checked(target.Length * differenceBytes);
            using Scratch<byte> plane = new(planeBytes);
            target.Fill(start);
            for (int b = 0; b < differenceBytes; b++)
            {
                if (inPlanes || b == 0)
                    Decompress(ref reader, plane.Span);
                Widening.AddShifted(inPlanes ? plane.Span : plane.Span[b..], inPlanes ? 1 : differenceBytes, b * 8, target);
            }
        }

        reader.End();
    }

    public static void DecodeBits(ReadOnlySpan<byte> body, Span<byte> target)
    {
        BodyReader reader = new(body);
        Decompress(ref reader, target);
        reader.End();
    }

    /// <summary>About what part of the bytes would be left of them, as a stretch of the values tells.</summary>
    public static double Try<T>(ReadOnlySpan<T> values, T start, int differenceBytes, bool inPlanes)
        where T : unmanaged, IBinaryInteger<T>
    {
        int count = Math.Min(values.Length, TrialBytes / differenceBytes);
        using Scratch<byte> bytes = new(count * differenceBytes);
        ToBytes(values.Slice((values.Length - count) / 2, count), start, differenceBytes, inPlanes, bytes.Span);
        return Try(bytes.Span);
    }

    /// <summary>Whether a stretch of the bytes loses a quarter, which zstd needs to be worth its time (<see cref="Cost.ZstdByte"/>).</summary>
    public static bool IsWorthTrying(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, TrialBytes);
        return count > 0 && Try(bytes.Slice((bytes.Length - count) / 2, count)) < 1 - (Cost.ZstdByte / Cost.NanosecondsPerByte);
    }

    private static double Try(ReadOnlySpan<byte> bytes)
    {
        using Scratch<byte> frame = new(Zstd.MaxCompressedBytes(bytes.Length));
        return (double)Zstd.Compress(bytes, frame.Span, TrialLevel) / bytes.Length;
    }

    private static void ToBytes<T>(ReadOnlySpan<T> values, T start, int differenceBytes, bool inPlanes, Span<byte> bytes)
        where T : unmanaged, IBinaryInteger<T>
    {
        int step = inPlanes ? 1 : differenceBytes;
        int stride = inPlanes ? values.Length : 1;
        for (int i = 0; i < values.Length; i++)
        {
            ulong difference = ulong.CreateTruncating(unchecked(values[i] - start));
            int at = i * step;
            for (int b = 0; b < differenceBytes; b++, at += stride, difference >>= 8)
                bytes[at] = (byte)difference;
        }
    }

    private static void Compress(ReadOnlySpan<byte> bytes, VectorWriter writer)
    {
        using Scratch<byte> frame = new(Zstd.MaxCompressedBytes(bytes.Length));
        int frameBytes = Zstd.Compress(bytes, frame.Span, Level);
        ReadOnlySpan<byte> kept = frameBytes < bytes.Length ? frame.Span[..frameBytes] : bytes;
        writer.AppendValue(kept.Length);
        writer.Append(kept);
    }

    private static void Decompress(ref BodyReader reader, Span<byte> target)
    {
        ReadOnlySpan<byte> frame = reader.Take(reader.Take<uint>());
        if (frame.Length == target.Length)
        {
            frame.CopyTo(target);
            return;
        }

        try
        {
            Zstd.Decompress(frame, target);
        }
        catch (ArrowFormatException e)
        {
            throw new VectorFormatException(e.Message, e);
        }
    }
}
