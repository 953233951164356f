namespace Varve.Arrow.Ipc;

/// <summary>Writes framed messages one after the other and knows where it is. For one thread.</summary>
internal sealed class MessageSink(Stream stream)
{
    /// <summary>Bytes written so far.</summary>
    public long Position { get; private set; }

    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        Position += bytes.Length;
    }

    public Block Write(BatchMessage message)
    {
        long start = Position;
        Span<byte> prefix = stackalloc byte[Encapsulation.PrefixBytes];
        Encapsulation.WritePrefix(prefix, message.Header.Length);
        WriteRaw(prefix);
        WriteRaw(message.Header.Span);
        foreach (ReadOnlyMemory<byte> part in message.Body)
            WriteRaw(part.Span);
        return new Block(start, Encapsulation.PrefixBytes + message.Header.Length, message.BodyLengthBytes);
    }
}
