namespace Varve.Arrow.Ipc;

/// <summary>Reads an Arrow IPC stream: schema, then batches with their dictionaries. For one thread.</summary>
/// <remarks>Sizes are checked, values are not: see <see cref="BatchDecoder"/>.</remarks>
public sealed class IpcStreamReader : IDisposable
{
    private readonly IpcLimits _limits;
    private readonly MessageSource _source;
    private BatchDecoder? _decoder;

    /// <param name="stream">Read from where it stands; disposed with the reader unless <paramref name="leaveOpen"/>.</param>
    /// <param name="limits">Null for <see cref="IpcLimits.Default"/>.</param>
    /// <param name="leaveOpen">Whether the stream stays the caller's.</param>
    public IpcStreamReader(Stream stream, IpcLimits? limits = null, bool leaveOpen = false)
    {
        _limits = limits ?? IpcLimits.Default;
        _source = new StreamMessageSource(stream, _limits, leaveOpen);
    }

    /// <summary>Over a whole stream in memory, which the batches then refer to.</summary>
    public IpcStreamReader(ReadOnlyMemory<byte> stream, IpcLimits? limits = null)
    {
        _limits = limits ?? IpcLimits.Default;
        _source = new MemoryMessageSource(stream, _limits);
    }

    /// <summary>The schema that opens the stream; the first use reads it.</summary>
    /// <exception cref="ArrowFormatException">The stream does not open with a schema that can be read.</exception>
    public Schema Schema => Decoder.Schema;

    private BatchDecoder Decoder => _decoder ??= Open();

    /// <summary>The next batch, or null at the end of the stream.</summary>
    /// <exception cref="ArrowFormatException">The stream is damaged, cut off inside a message, beyond the limits, or of a kind that is not
    /// read.</exception>
    public RecordBatch? ReadNext()
    {
        BatchDecoder decoder = Decoder;
        while (_source.TryRead(out ReadOnlyMemory<byte> header, out ReadOnlyMemory<byte> body))
        {
            if (decoder.Decode(header.Span, body) is { } batch)
                return batch;
        }

        return null;
    }

    public void Dispose() => _source.Dispose();

    private BatchDecoder Open()
    {
        if (!_source.TryRead(out ReadOnlyMemory<byte> header, out _))
            throw new ArrowFormatException("expected an Arrow IPC stream and found no message");
        return new BatchDecoder(SchemaMessage.DecodeBare(header.Span, _limits), _limits);
    }
}
