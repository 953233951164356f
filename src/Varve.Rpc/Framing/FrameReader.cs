using System.Buffers;
using Google.Protobuf;

namespace Varve.Rpc.Framing;

/// <summary>
/// Reads framed messages off a stream, for server and client. Small messages are decoded in place from one buffer that holds many;
/// a large one goes straight from the stream into an array kept for the next large one.
/// One reader at a time (checked); Dispose may come from any thread, also during a read.
/// </summary>
internal sealed class FrameReader(Stream stream, int messageBytesMax, string? encoding, int bufferBytes, ReceiveBudget? budget = null) : IDisposable
{
    /// <summary>What is allocated on the word of five bytes alone; beyond it the array grows only as the bytes arrive.</summary>
    private const int FirstLargeBytes = 1024 * 1024;

    /// <summary>A larger array is given back after its message, so that an idle call does not sit on it.</summary>
    private const int KeptLargeBytes = 8 * 1024 * 1024;

    // Bits of _state.
    private const int Reading = 1;
    private const int Disposed = 2;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(bufferBytes, FrameHeader.SizeBytes));
    private byte[]? _large;
    private int _start;
    private int _end;
    private int _state;
    private bool _insideMessage;

    /// <summary>Held of the budget for the message that was read last.</summary>
    private long _reservedBytes;

    public long BytesRead { get; private set; }

    public long MessagesRead { get; private set; }

    /// <summary>Reads and decodes one message that takes as much as its bytes.</summary>
    public ValueTask<FrameRead<T>> ReadAsync<T>(FrameDecoder<T> decode, CancellationToken cancellationToken) =>
        ReadAsync(decode, null, cancellationToken);

    /// <summary>Reads and decodes one message.</summary>
    /// <param name="decode">Makes the value.</param>
    /// <param name="cost">What the value will take, of a protobuf message; null: as much as its bytes.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <exception cref="RpcException">The frame or the message is malformed (INTERNAL) or too large (RESOURCE_EXHAUSTED).</exception>
    /// <exception cref="TransportException">The connection or the HTTP/2 stream broke.</exception>
    public async ValueTask<FrameRead<T>> ReadAsync<T>(FrameDecoder<T> decode, MessageCost? cost, CancellationToken cancellationToken)
    {
        Enter();
        try
        {
            ReleaseMessage();
            if (_insideMessage)
                throw new RpcException(StatusCode.Internal, "an earlier read failed inside a message, so where the next one starts is not known");
            while (_end - _start < FrameHeader.SizeBytes)
            {
                if (await FillAsync(cancellationToken))
                    continue;
                return _end == _start ? FrameRead<T>.End : throw Truncated("a message header");
            }

            _insideMessage = true;
            FrameHeader header = FrameHeader.Parse(_buffer.AsSpan(_start), messageBytesMax, encoding);
            _start += FrameHeader.SizeBytes;
            T message = header.LengthBytes <= _buffer.Length
                ? await ReadSmallAsync(header, decode, cost, cancellationToken)
                : await ReadLargeAsync(header, decode, cost, cancellationToken);
            MessagesRead++;
            return new FrameRead<T>(true, message);
        }
        catch
        {
            ReleaseMessage();
            throw;
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>
    /// Gives back the room that the message read last has in the budget: by itself when the next read begins, sooner where whoever read it says so.
    /// Not during a read.
    /// </summary>
    public void ReleaseMessage()
    {
        if (_reservedBytes > 0)
            budget!.Release(_reservedBytes);
        _reservedBytes = 0;
    }

    /// <summary>The buffers go back to the pool here, or at the end of the read that is under way.</summary>
    public void Dispose()
    {
        if (Interlocked.Or(ref _state, Disposed) == 0)
            ReturnBuffers();
    }

    private async ValueTask<T> ReadSmallAsync<T>(FrameHeader header, FrameDecoder<T> decode, MessageCost? cost, CancellationToken cancellationToken)
    {
        while (_end - _start < header.LengthBytes)
        {
            if (!await FillAsync(cancellationToken))
                throw Truncated("a message");
        }

        _insideMessage = false;
        int at = _start;
        _start += header.LengthBytes;
        return Decode(header, decode, cost, _buffer, at);
    }

    private async ValueTask<T> ReadLargeAsync<T>(FrameHeader header, FrameDecoder<T> decode, MessageCost? cost, CancellationToken cancellationToken)
    {
        if (budget is null)
            return await ReceiveLargeAsync(header, decode, cost, cancellationToken);

        // For its bytes and for what is made of them. Compressed, nobody knows how large it is before it is unpacked.
        long bytes = 2L * (header.IsCompressed ? messageBytesMax : header.LengthBytes);
        await budget.ReserveAsync(bytes, cancellationToken);
        _reservedBytes = bytes;
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await ReceiveLargeAsync(header, decode, cost, silence.Token, () => silence.CancelAfter(budget.SilenceLimit));
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(
                StatusCode.DeadlineExceeded, $"inside a message of {header.LengthBytes} bytes nothing came for {budget.SilenceLimit}", inner: e);
        }
    }

    /// <param name="header">Of the message.</param>
    /// <param name="decode">Sees the whole of it.</param>
    /// <param name="cost">What it makes will take.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <param name="heard">Told before each wait for bytes; null: nobody minds how long they take.</param>
    private async ValueTask<T> ReceiveLargeAsync<T>(
        FrameHeader header, FrameDecoder<T> decode, MessageCost? cost, CancellationToken cancellationToken, Action? heard = null)
    {
        int size = header.LengthBytes;
        int have = _end - _start;
        EnsureLarge(Math.Min(size, FirstLargeBytes), 0);
        _buffer.AsSpan(_start, have).CopyTo(_large);
        _start = _end = 0;
        while (have < size)
        {
            if (have == _large!.Length)
                EnsureLarge((int)Math.Min(size, have * 2L), have);
            heard?.Invoke();
            int read = await ReadStreamAsync(_large.AsMemory(have, Math.Min(_large!.Length, size) - have), cancellationToken);
            if (read == 0)
                throw Truncated("a message");
            have += read;
        }

        _insideMessage = false;
        T message = Decode(header, decode, cost, _large!, 0);
        if (_large!.Length > KeptLargeBytes)
        {
            ArrayPool<byte>.Shared.Return(_large);
            _large = null;
        }

        return message;
    }

    private T Decode<T>(FrameHeader header, FrameDecoder<T> decode, MessageCost? cost, byte[] source, int offset)
    {
        if (!header.IsCompressed)
        {
            Afford(cost, source.AsSpan(offset, header.LengthBytes));
            return Decode(decode, source.AsSpan(offset, header.LengthBytes));
        }

        (byte[] pooled, int length) = MessageCompression.Decompress(encoding!, source, offset, header.LengthBytes, messageBytesMax);
        try
        {
            Afford(cost, pooled.AsSpan(0, length));
            return Decode(decode, pooled.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pooled);
        }
    }

    /// <summary>
    /// Makes sure of room for a message and for what is made of it. To wait for more would be to hold the one while waiting for the other, so a
    /// message that there is no more room for is refused. Small ones cost little, whatever they hold.
    /// </summary>
    private void Afford(MessageCost? cost, ReadOnlySpan<byte> message)
    {
        if (budget is null || message.Length <= _buffer.Length)
            return;
        long bytes = message.Length + (cost?.Measure(message) ?? message.Length);
        if (bytes <= _reservedBytes)
            return;
        if (!budget.TryReserve(bytes - _reservedBytes))
        {
            throw new RpcException(
                StatusCode.ResourceExhausted,
                $"a message of {message.Length} bytes takes about {bytes} bytes once it is decoded, more than there is room for; send smaller ones");
        }

        _reservedBytes = bytes;
    }

    private static T Decode<T>(FrameDecoder<T> decode, ReadOnlySpan<byte> message)
    {
        try
        {
            return decode(message);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or MalformedMessageException)
        {
            throw new RpcException(StatusCode.Internal, $"a message of {message.Length} bytes does not parse: {e.Message}", inner: e);
        }
    }

    /// <summary>Reads more bytes behind those not yet consumed; false at the end of the stream.</summary>
    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_start > 0 && _end == _buffer.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        int read = await ReadStreamAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        return read > 0;
    }

    private async ValueTask<int> ReadStreamAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        try
        {
            int read = await stream.ReadAsync(destination, cancellationToken);
            BytesRead += read;
            return read;
        }
        catch (IOException e)
        {
            throw new TransportException(e);
        }
    }

    private void EnsureLarge(int size, int kept)
    {
        if (_large is not null && _large.Length >= size)
            return;
        byte[] larger = ArrayPool<byte>.Shared.Rent(size);
        if (_large is not null)
        {
            _large.AsSpan(0, kept).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_large);
        }

        _large = larger;
    }

    private void Enter()
    {
        int state = Interlocked.CompareExchange(ref _state, Reading, 0);
        ObjectDisposedException.ThrowIf((state & Disposed) != 0, typeof(FrameReader));
        if (state == Reading)
            throw new InvalidOperationException("two reads at once on one call; await a read before starting the next");
    }

    private void Exit()
    {
        if ((Interlocked.And(ref _state, ~Reading) & Disposed) != 0)
            ReturnBuffers();
    }

    private void ReturnBuffers()
    {
        ReleaseMessage();
        ArrayPool<byte>.Shared.Return(_buffer);
        if (_large is not null)
            ArrayPool<byte>.Shared.Return(_large);
    }

    private static RpcException Truncated(string inside) => new(StatusCode.Internal, $"the stream ended inside {inside}");
}
