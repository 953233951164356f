using System.Numerics;
using System.Runtime.CompilerServices;
using Varve.Storage.Segments.Encoding.Packing;
using Varve.Storage.Zones;

namespace Varve.Storage.Segments.Encoding.Codecs;

/// <summary>
/// The bases and widths with which <see cref="FrameCodec"/> writes some values: one for all where that is no larger, else one for each block.
/// </summary>
internal readonly struct Frames<T>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    /// <summary>The least of all values.</summary>
    public required T Base { get; init; }

    /// <summary>All values are the same.</summary>
    public bool IsConstant => IsUniform && UniformBits == 0;

    public required T Greatest { get; init; }

    public required bool IsUniform { get; init; }

    public required int UniformBits { get; init; }

    public required int BaseBits { get; init; }

    /// <summary>Each block's base, as a difference from that of all.</summary>
    public required T[] Bases { get; init; }

    /// <summary>Each block's bits.</summary>
    public required byte[] Widths { get; init; }

    /// <summary>The bytes of the whole vector.</summary>
    public required long EncodedBytes { get; init; }

    public static Frames<T> Of(ReadOnlySpan<T> values)
    {
        T[] bases = new T[FrameCodec.BlocksOf(values.Length)];
        byte[] widths = new byte[bases.Length];
        T least = values.IsEmpty ? T.Zero : T.MaxValue;
        T greatest = values.IsEmpty ? T.Zero : T.MinValue;
        long ownBytes = 0;
        for (int b = 0; b < bases.Length; b++)
        {
            ReadOnlySpan<T> block = FrameCodec.Block(values, b);
            (bases[b], T blockGreatest) = Bounds.Of(block);
            (least, greatest) = (T.Min(least, bases[b]), T.Max(greatest, blockGreatest));
            widths[b] = (byte)Width.Between(bases[b], blockGreatest);
            ownBytes += FrameCodec.BytesOf(block.Length, widths[b]);
        }

        int uniformBits = Width.Between(least, greatest);
        int baseBits = 0;
        long uniformBytes = 0;
        for (int b = 0; b < bases.Length; b++)
        {
            bases[b] = unchecked(bases[b] - least);
            baseBits = Math.Max(baseBits, Width.Of(bases[b]));
            uniformBytes += FrameCodec.BytesOf(FrameCodec.Block(values, b).Length, uniformBits);
        }

        ownBytes += 1 + widths.Length + BitRun.BytesOf(bases.Length, baseBits);
        bool isUniform = uniformBytes <= ownBytes;
        long bodyBytes = Unsafe.SizeOf<T>() + Math.Min(uniformBytes, ownBytes);
        if (isUniform)
        {
            Array.Clear(bases);
            Array.Fill(widths, (byte)uniformBits);
        }

        return new Frames<T>
        {
            Base = least,
            Greatest = greatest,
            IsUniform = isUniform,
            UniformBits = uniformBits,
            BaseBits = baseBits,
            Bases = bases,
            Widths = widths,
            EncodedBytes = VectorHeader.VectorBytesOf(isUniform ? uniformBits : FrameCodec.OfEachBlock, values.Length, bodyBytes),
        };
    }
}
