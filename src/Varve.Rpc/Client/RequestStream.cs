using System.Buffers;
using Google.Protobuf;
using Varve.Rpc.Framing;

namespace Varve.Rpc.Client;

/// <summary>
/// The messages that a client writes in a call. One writer at a time, which may run beside the reader of the responses.
/// </summary>
public sealed class RequestStream<T>
    where T : class, IMessage<T>
{
    private const int BufferBytes = 4 * 1024;

    /// <summary>A buffer that a large message made grow beyond this is dropped after it.</summary>
    private const int KeptBufferBytes = 1024 * 1024;

    private readonly Exchange _exchange;
    private ArrayBufferWriter<byte> _buffer = new(BufferBytes);
    private Stream? _stream;

    internal RequestStream(Exchange exchange) => _exchange = exchange;

    /// <summary>Writes a message and sends it.</summary>
    /// <exception cref="RpcException">The call has ended; where the server's status is known it is that.</exception>
    public async ValueTask WriteAsync(T message)
    {
        Write(message);
        await FlushAsync();
    }

    /// <summary>
    /// Writes a message that goes out with the next flush. For many small messages: flushing every tenth is several times faster than each.
    /// </summary>
    public void Write(T message) => FrameWriter.Write(_buffer, message, _exchange.RequestEncoding);

    /// <summary>Sends what is written; waits while the server is slow to take it.</summary>
    /// <exception cref="RpcException">The call has ended; where the server's status is known it is that.</exception>
    public async ValueTask FlushAsync()
    {
        try
        {
            Stream stream = _stream ?? await OpenAsync();
            await SendBufferAsync(stream);
            await stream.FlushAsync(_exchange.Cancelled);
        }
        catch (Exception e) when (ClientErrors.IsTransport(e))
        {
            throw _exchange.WriteFailed(e);
        }
    }

    /// <summary>
    /// Writes one message as a small prefix and large parts, together the serialized form of a <typeparamref name="T"/> (without gRPC's frame
    /// header), and sends it. The parts are read until the returned task completes and never copied into one buffer; they must not change meanwhile.
    /// </summary>
    /// <exception cref="RpcException">The call has ended; where the server's status is known it is that.</exception>
    public async ValueTask WritePartsAsync(ReadOnlyMemory<byte> prefix, IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        FrameWriter.WritePrefix(_buffer, prefix.Span, parts);
        try
        {
            Stream stream = _stream ?? await OpenAsync();
            foreach (ReadOnlyMemory<byte> part in parts)
            {
                if (part.Length <= BufferBytes)
                {
                    _buffer.Write(part.Span);
                    continue;
                }

                await SendBufferAsync(stream);
                await stream.WriteAsync(part, _exchange.Cancelled);
            }

            await SendBufferAsync(stream);
            await stream.FlushAsync(_exchange.Cancelled);
        }
        catch (Exception e) when (ClientErrors.IsTransport(e))
        {
            throw _exchange.WriteFailed(e);
        }
    }

    /// <summary>Sends what is written and says that no more will come (half-close).</summary>
    /// <exception cref="RpcException">The call has ended; where the server's status is known it is that.</exception>
    public async ValueTask CompleteAsync()
    {
        if (_buffer.WrittenCount > 0)
            await FlushAsync();
        _exchange.RequestContent.Complete();
    }

    private async Task<Stream> OpenAsync()
    {
        await _exchange.WaitForRequestStreamAsync();
        return _stream = _exchange.RequestContent.TakeStream();
    }

    private async ValueTask SendBufferAsync(Stream stream)
    {
        if (_buffer.WrittenCount == 0)
            return;
        await stream.WriteAsync(_buffer.WrittenMemory, _exchange.Cancelled);
        if (_buffer.Capacity > KeptBufferBytes)
            _buffer = new ArrayBufferWriter<byte>(BufferBytes);
        else
            _buffer.ResetWrittenCount();
    }
}
