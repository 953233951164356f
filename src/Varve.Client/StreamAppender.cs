using System.Collections.Concurrent;
using Google.Protobuf;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Rpc.Client;

namespace Varve.Client;

/// <summary>
/// Appends batches to one stream over one call, many under way at a time. Batches are taken in the order of the calls; one caller at a time.
/// After the first failure all later appends fail with it: none of them was taken.
/// </summary>
public sealed class StreamAppender : IAsyncDisposable
{
    private readonly DuplexCall<AppendRequest, AppendResponse> _call;
    private readonly string _stream;
    private readonly long _maxUnacknowledgedBytes;
    private readonly ConcurrentQueue<Pending> _pending = new();
    private readonly SemaphoreSlim _room = new(0);
    private readonly Task _acknowledging;
    private Schema? _schema;
    private DictionaryTracker? _dictionaries;
    private long _unacknowledgedBytes;
    private ulong _requests;
    private volatile VarveException? _failure;

    internal StreamAppender(DuplexCall<AppendRequest, AppendResponse> call, string stream, long maxUnacknowledgedBytes)
    {
        _call = call;
        _stream = stream;
        _maxUnacknowledgedBytes = maxUnacknowledgedBytes;
        _acknowledging = AcknowledgeAsync();
    }

    /// <summary>
    /// Sends one atomic batch; waits while too much is under way. The outer task completes when the batch is sent (its buffers may then change), the inner one
    /// when its rows are durable and visible.
    /// </summary>
    /// <exception cref="VarveException">This or an earlier batch was refused, or the daemon went away.</exception>
    public async ValueTask<Task<AppendAck>> AppendAsync(RecordBatch batch)
    {
        List<ReadOnlyMemory<byte>> parts = Encode(batch, out long size);
        while (Interlocked.Read(ref _unacknowledgedBytes) is var waiting && waiting > 0 && waiting + size > _maxUnacknowledgedBytes && _failure is null)
            await _room.WaitAsync();
        if (_failure is { } failure)
            throw failure;

        var pending = new Pending(size);
        Interlocked.Add(ref _unacknowledgedBytes, size);
        _pending.Enqueue(pending);
        try
        {
            await _call.RequestStream.WritePartsAsync(Prefix(size), parts);
        }
        catch (RpcException)
        {
            // The answers' side knows better why the call ended.
            await _acknowledging;
        }

        if (_failure is { } now)
            pending.Ack.TrySetException(now);
        return pending.Ack.Task;
    }

    /// <summary>Waits for the acknowledgement of everything sent and ends the call.</summary>
    /// <exception cref="VarveException">A batch was refused, or the daemon went away.</exception>
    public async Task CompleteAsync()
    {
        try
        {
            await _call.RequestStream.CompleteAsync();
        }
        catch (RpcException)
        {
            // As above: the failure comes out of the answers.
        }

        await _acknowledging;
        if (_failure is { } failure)
            throw failure;
    }

    public async ValueTask DisposeAsync()
    {
        _call.Dispose();
        await _acknowledging;
        _room.Dispose();
    }

    /// <summary>Field 1, 2 and the start of field 3 of AppendRequest; the parts are field 3's bytes.</summary>
    private byte[] Prefix(long arrowBytes)
    {
        var head = new AppendRequest { RequestId = _requests, Stream = _requests == 0 ? _stream : "" };
        _requests++;
        int headBytes = head.CalculateSize();
        byte[] prefix = new byte[headBytes + CodedOutputStream.ComputeLengthSize((int)arrowBytes) + 1];
        using var output = new CodedOutputStream(prefix);
        head.WriteTo(output);
        output.WriteTag(AppendRequest.ArrowFieldNumber, WireFormat.WireType.LengthDelimited);
        output.WriteLength((int)arrowBytes);
        output.Flush();
        return prefix;
    }

    /// <summary>The messages of an IPC stream, the schema only where it changes.</summary>
    private List<ReadOnlyMemory<byte>> Encode(RecordBatch batch, out long size)
    {
        var parts = new List<ReadOnlyMemory<byte>>();
        size = 0;
        if (_dictionaries is null || !batch.Schema.Equals(_schema))
        {
            byte[] schema = SchemaMessage.EncodeEncapsulated(batch.Schema);
            parts.Add(schema);
            size += schema.Length;
            _schema = batch.Schema;
            _dictionaries = new DictionaryTracker(batch.Schema);
        }

        foreach (BatchMessage message in BatchEncoder.EncodeDictionaries(batch, _dictionaries).Append(BatchEncoder.Encode(batch)))
        {
            parts.Add(message.EncapsulatedHeader());
            parts.AddRange(message.Body);
            size += message.EncapsulatedBytes;
        }

        return size <= int.MaxValue
            ? parts
            : throw new ArgumentException($"a batch of {size} bytes does not fit one request: send fewer rows at a time", nameof(batch));
    }

    private async Task AcknowledgeAsync()
    {
        try
        {
            while (await _call.ResponseStream.ReadAsync() is { } response)
            {
                if (!_pending.TryDequeue(out Pending? pending))
                    continue;
                Release(pending);
                pending.Ack.TrySetResult(AppendAck.Of(response));
            }

            if (!_pending.IsEmpty)
                Fail(new RpcException(StatusCode.Unknown, $"the daemon ended the append to '{_stream}' without an answer to all requests"));
        }
        catch (RpcException e)
        {
            Fail(e);
        }
    }

    private void Fail(RpcException e)
    {
        _failure = VarveException.From(e);
        while (_pending.TryDequeue(out Pending? pending))
        {
            pending.Ack.TrySetException(_failure);
            Release(pending);
        }

        _room.Release();
    }

    private void Release(Pending pending)
    {
        Interlocked.Add(ref _unacknowledgedBytes, -pending.SizeBytes);
        if (_room.CurrentCount == 0)
            _room.Release();
    }

    private sealed class Pending(long sizeBytes)
    {
        public long SizeBytes { get; } = sizeBytes;

        public TaskCompletionSource<AppendAck> Ack { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
