using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Google.Protobuf;

namespace Varve.Rpc.Framing;

/// <summary>
/// Compression of messages by grpc-encoding name. Each message is a whole stream of its own; "deflate" means the zlib format (RFC 1950).
/// </summary>
internal static class MessageCompression
{
    public const string Identity = "identity";
    public const string Gzip = "gzip";
    public const string Deflate = "deflate";

    /// <summary>The value of grpc-accept-encoding.</summary>
    public const string Accepted = "identity,gzip,deflate";

    /// <summary>Below this many bytes the gain does not pay for the work.</summary>
    private const int WorthwhileBytes = 256;

    /// <summary>Header, an empty block and the trailer (RFC 1952).</summary>
    private const int GzipBytesMin = 20;

    private const int ChunkBytes = 16 * 1024;

    /// <summary>Reads a grpc-encoding header: null for none or identity. False where we can't read it.</summary>
    public static bool TryParse(string? header, out string? encoding)
    {
        encoding = header is Gzip or Deflate ? header : null;
        return encoding is not null || string.IsNullOrEmpty(header) || header == Identity;
    }

    /// <summary>The encoding to answer in: the first of ours that the peer's grpc-accept-encoding lists, or null.</summary>
    public static string? Choose(string? acceptEncoding)
    {
        if (acceptEncoding is null)
            return null;
        string[] accepted = acceptEncoding.Split(',', StringSplitOptions.TrimEntries);
        return accepted.Contains(Gzip) ? Gzip : accepted.Contains(Deflate) ? Deflate : null;
    }

    /// <summary>Compresses a message; false where it should go as it is, being small or not getting smaller.</summary>
    public static bool TryCompress(string encoding, IMessage message, int sizeBytes, out ReadOnlySpan<byte> compressed)
    {
        compressed = default;
        if (sizeBytes < WorthwhileBytes)
            return false;

        var output = new MemoryStream(sizeBytes / 2);
        using (Stream compressor = encoding == Gzip
            ? new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true)
            : new ZLibStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            message.WriteTo(compressor);
        }

        compressed = output.GetBuffer().AsSpan(0, (int)output.Length);
        return compressed.Length < sizeBytes;
    }

    /// <summary>
    /// Decompresses with the limit on what comes out, so that a small message can't fill the memory. .NET takes a stream that is cut short for one
    /// that ends there, so the end is checked here. No bytes at all do stand for an empty message: some writers send that.
    /// </summary>
    /// <returns>A pooled array with a message of that length; the caller returns it to the pool.</returns>
    public static (byte[] Pooled, int LengthBytes) Decompress(string encoding, byte[] source, int offset, int count, int messageBytesMax)
    {
        using var input = new ExhaustibleStream(source, offset, count);
        using Stream decompressor = encoding == Gzip
            ? new GZipStream(input, CompressionMode.Decompress)
            : new ZLibStream(input, CompressionMode.Decompress);
        byte[] output = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        int length = 0;
        try
        {
            int read;
            while ((read = decompressor.Read(output, length, output.Length - length)) > 0)
            {
                length += read;
                if (length > messageBytesMax)
                {
                    throw new RpcException(
                        StatusCode.ResourceExhausted, $"a decompressed message is larger than the limit of {messageBytesMax} bytes");
                }

                if (length == output.Length)
                    output = Grow(output, length, messageBytesMax);
            }

            bool isWhole = encoding == Gzip ? EndsWithLength(source.AsSpan(offset, count), length) : !input.IsExhausted;
            if (count > 0 && !isWhole)
                throw new InvalidDataException("the compressed stream is cut short");
            return (output, length);
        }
        catch (Exception e)
        {
            ArrayPool<byte>.Shared.Return(output);

            // The second is what .NET makes of streams that need what is not there, such as a preset dictionary.
            if (e is InvalidDataException or IOException)
                throw new RpcException(StatusCode.Internal, $"a message does not decompress as {encoding}", inner: e);
            throw;
        }
    }

    /// <summary>
    /// A gzip stream ends with the length of what it holds (RFC 1952, 2.3.1). Always looking for another member after the last, .NET's reader
    /// can't tell a stream that is cut short by itself; a message made of several members, which nobody sends, is refused.
    /// </summary>
    private static bool EndsWithLength(ReadOnlySpan<byte> gzip, int length) =>
        gzip.Length >= GzipBytesMin && BinaryPrimitives.ReadUInt32LittleEndian(gzip[^sizeof(uint)..]) == (uint)length;

    /// <summary>Doubles, but never far past the limit: one byte more is enough to see that it is passed.</summary>
    private static byte[] Grow(byte[] full, int length, int messageBytesMax)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(length * 2L, Math.Min(messageBytesMax + 1L, Array.MaxLength)));
        full.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }
}
