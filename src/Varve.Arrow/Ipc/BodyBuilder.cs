using System.Buffers.Binary;

namespace Varve.Arrow.Ipc;

/// <summary>
/// Collects what a batch message consists of: field nodes, the place of each buffer, and the body's parts, over the caller's memory unless they
/// are compressed. For one message, for one thread.
/// </summary>
internal sealed class BodyBuilder(BodyCompression compression)
{
    private static readonly byte[] Padding = new byte[8];
    private static readonly byte[] UncompressedMark = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

    /// <summary>Pairs of row count and null count, in depth-first order.</summary>
    public List<long> Nodes { get; } = [];

    /// <summary>Pairs of offset in the body and length without padding, in depth-first order.</summary>
    public List<long> Buffers { get; } = [];

    /// <summary>The number of data buffers of each view column.</summary>
    public List<long> VariadicCounts { get; } = [];

    public List<ReadOnlyMemory<byte>> Parts { get; } = [];

    public long LengthBytes { get; private set; }

    public BodyCompression Compression => compression;

    public void AddNode(int length, int nullCount)
    {
        Nodes.Add(length);
        Nodes.Add(nullCount);
    }

    public void AddBuffer(ReadOnlyMemory<byte> buffer)
    {
        long start = LengthBytes;
        if (compression == BodyCompression.None || buffer.IsEmpty)
            Append(buffer);
        else
            AppendCompressed(buffer);
        Buffers.Add(start);
        Buffers.Add(LengthBytes - start);
        Pad();
    }

    private void AppendCompressed(ReadOnlyMemory<byte> buffer)
    {
        if (BodyCodec.TryCompress(compression, buffer.Span, out ReadOnlyMemory<byte> compressed))
        {
            byte[] length = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, buffer.Length);
            Append(length);
            Append(compressed);
            return;
        }

        Append(UncompressedMark);
        Append(buffer);
    }

    private void Append(ReadOnlyMemory<byte> part)
    {
        if (part.IsEmpty)
            return;
        Parts.Add(part);
        LengthBytes += part.Length;
    }

    private void Pad() => Append(Padding.AsMemory(0, (int)(-LengthBytes & 7)));
}
