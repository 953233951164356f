using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Varve.Rpc.Framing;
using Varve.Rpc.Wire;

namespace Varve.Rpc.Server;

/// <summary>
/// One call as its handler sees it. One thread may read while another writes; two reads at once, or two writes, are not allowed.
/// Not usable after the handler's task has ended.
/// </summary>
public sealed class ServerCall
{
    private readonly HttpContext _http;
    private readonly FrameReader _reader;
    private readonly ResponseWriter _writer;
    private readonly CallLifetime _lifetime;
    private Metadata? _requestHeaders;

    internal ServerCall(HttpContext http, ServerMethod? method, CallLifetime lifetime, FrameReader reader)
    {
        _http = http;
        _lifetime = lifetime;
        _reader = reader;
        _writer = new ResponseWriter(http.Response.BodyWriter, lifetime);
        Method = method;
    }

    /// <summary>What is called; null where the server has no such method (seen by the hook for ended calls only).</summary>
    public ServerMethod? Method { get; }

    /// <summary>The path as the client sent it: not bounded, so no label for metrics.</summary>
    public string Path => _http.Request.Path.Value ?? "";

    /// <summary>For what gRPC does not carry, such as the connection and its certificate.</summary>
    public HttpContext Http => _http;

    /// <summary>Application metadata of the request. Built at first use.</summary>
    public Metadata RequestHeaders => _requestHeaders ??= CollectRequestHeaders();

    /// <summary>Metadata to send after the last message. May be added to until the handler ends.</summary>
    public Metadata Trailers { get; } = new();

    /// <summary>Fires when the client is gone or cancels, when the deadline passes and, in streaming calls, when the server stops.</summary>
    public CancellationToken Cancelled => _lifetime.Token;

    /// <summary>When the client stops waiting; null for never.</summary>
    public DateTimeOffset? Deadline { get; internal init; }

    /// <summary>The client's address as text, for logs.</summary>
    public string Peer =>
        _http.Connection.RemoteIpAddress is { } address ? new IPEndPoint(address, _http.Connection.RemotePort).ToString() : "local";

    /// <summary>Whom the authentication hook found; null where it did not say.</summary>
    public object? User { get; set; }

    internal FrameReader Reader => _reader;

    internal ResponseWriter Writer => _writer;

    /// <summary>Adds response metadata; goes out with the first message, or with the status where there is none.</summary>
    /// <exception cref="InvalidOperationException">The headers have gone out already.</exception>
    public void AddResponseHeader(string key, string value) => _http.Response.Headers.Append(new Metadata { { key, value } });

    /// <inheritdoc cref="AddResponseHeader(string, string)"/>
    public void AddResponseHeader(string key, ReadOnlyMemory<byte> value) => _http.Response.Headers.Append(new Metadata { { key, value } });

    /// <summary>Sends the response headers now. Clients of bidirectional calls may wait for them before they send anything.</summary>
    public async Task SendHeadersAsync()
    {
        // The start alone only writes them down; it is the flush that sends them.
        await _http.Response.StartAsync(_lifetime.Token);
        await _writer.FlushAsync();
    }

    /// <summary>
    /// Lets messages be compressed, where the client accepts an encoding of ours; to be called before the first message. Messages made of parts
    /// go as they are in any case.
    /// </summary>
    /// <returns>Whether they will be.</returns>
    public bool TryCompressResponses()
    {
        if (_http.Response.HasStarted || _writer.MessagesWritten > 0)
            return false;
        _writer.Encoding = MessageCompression.Choose(_http.Request.Headers[GrpcHeaders.AcceptEncoding]);
        if (_writer.Encoding is null)
            return false;
        _http.Response.Headers[GrpcHeaders.Encoding] = _writer.Encoding;
        return true;
    }

    /// <summary>The next request message; null after the last.</summary>
    public async ValueTask<T?> ReadAsync<T>()
        where T : class, IMessage<T>, new()
        => (await ReadAsync(MessageDecoder<T>.Decode, MessageDecoder<T>.Cost, _lifetime.Token)).Message;

    /// <summary>
    /// The next request message and the bytes that it had, given up when a token fires that the handler linked to <see cref="Cancelled"/>: for
    /// handlers whose writing side may have to end the call while a read waits. After it fired, nothing more can be read.
    /// </summary>
    public ValueTask<FrameRead<(T Message, int SizeBytes)>> ReadSizedAsync<T>(CancellationToken linked)
        where T : class, IMessage<T>, new()
        => ReadAsync(static bytes => (MessageDecoder<T>.Decode(bytes), bytes.Length), MessageDecoder<T>.Cost, linked);

    /// <summary>The next request message by a decoder of the caller's, which sees the bytes where they lie.</summary>
    public ValueTask<FrameRead<T>> ReadAsync<T>(FrameDecoder<T> decode) => ReadAsync(decode, null, _lifetime.Token);

    /// <summary>The same, given up when a token fires that the handler linked to <see cref="Cancelled"/>.</summary>
    public ValueTask<FrameRead<T>> ReadAsync<T>(FrameDecoder<T> decode, CancellationToken linked) => ReadAsync(decode, null, linked);

    /// <summary>
    /// Says that the message read last is not needed any more, so that a large one gives back its room to others. The next read, and the end of the
    /// call, say so too; a handler that waits for something else first should.
    /// </summary>
    public void ReleaseMessage() => _reader.ReleaseMessage();

    /// <summary>Writes a message and sends it.</summary>
    public ValueTask WriteAsync(IMessage message)
    {
        Write(message);
        return FlushAsync();
    }

    /// <summary>
    /// Writes a message that goes out with the next flush. For many small messages: flushing every tenth is several times faster than each. When the
    /// server stops it goes on for a grace, so that what was done can still be acknowledged; a handler that writes without end looks at <see
    /// cref="Cancelled"/>.
    /// </summary>
    public void Write(IMessage message)
    {
        _lifetime.WriteToken.ThrowIfCancellationRequested();
        _writer.Write(message);
    }

    /// <summary>Sends what is written; waits while the client is slow to take it.</summary>
    public ValueTask FlushAsync() => _writer.FlushAsync();

    /// <summary>
    /// Writes one message as a small prefix and large parts, together the message's serialized form (without gRPC's frame header), and sends it. The
    /// parts are read until the returned task completes and never copied into one buffer; they must not change meanwhile.
    /// </summary>
    public ValueTask WritePartsAsync(ReadOnlyMemory<byte> prefix, IReadOnlyList<ReadOnlyMemory<byte>> parts) =>
        _writer.WritePartsAsync(prefix, parts);

    /// <summary>The request of a method that takes exactly one.</summary>
    internal async ValueTask<T> ReadSingleAsync<T>()
        where T : class, IMessage<T>, new()
    {
        T request = await ReadAsync<T>()
            ?? throw new RpcException(StatusCode.Unimplemented, "the method takes exactly one request message; none was sent");
        if ((await ReadAsync(static _ => 0)).HasMessage)
            throw new RpcException(StatusCode.Unimplemented, "the method takes exactly one request message; more were sent");
        return request;
    }

    private async ValueTask<FrameRead<T>> ReadAsync<T>(FrameDecoder<T> decode, MessageCost? cost, CancellationToken linked)
    {
        try
        {
            return await _reader.ReadAsync(decode, cost, linked);
        }
        catch (TransportException e)
        {
            _lifetime.ClientWent();
            throw new OperationCanceledException("the client is gone", e);
        }
    }

    private Metadata CollectRequestHeaders()
    {
        var collected = new Metadata();
        foreach ((string key, StringValues values) in _http.Request.Headers)
        {
            foreach (string? value in values)
                collected.AddFromWire(key, value ?? "");
        }

        return collected;
    }
}
