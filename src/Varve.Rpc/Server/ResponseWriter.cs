using System.Buffers;
using System.IO.Pipelines;
using Google.Protobuf;
using Varve.Rpc.Framing;

namespace Varve.Rpc.Server;

/// <summary>Writes a call's response messages into Kestrel's pipe. One writer at a time.</summary>
internal sealed class ResponseWriter(PipeWriter output, CallLifetime lifetime)
{
    /// <summary>Between two flushes: measured, 64 KiB costs the daemon a tenth more, and 1 MiB gains nothing.</summary>
    private const int ChunkBytes = 256 * 1024;

    public string? Encoding { get; set; }

    public long BytesWritten { get; private set; }

    public long MessagesWritten { get; private set; }

    /// <summary>True while a message is partly in the pipe: trailers now would make the client take the rest for lost.</summary>
    public bool IsInsideMessage { get; private set; }

    public void Write(IMessage message)
    {
        MessagesWritten++;
        BytesWritten += FrameWriter.Write(output, message, Encoding);
    }

    /// <summary>
    /// The token must not go into the pipe's own flush: Kestrel answers its cancellation by aborting the stream, and the status could no longer be
    /// sent. A flush that is told to cancel returns, and leaves the stream as it is.
    /// </summary>
    public async ValueTask FlushAsync()
    {
        lifetime.WriteToken.ThrowIfCancellationRequested();
        ValueTask<FlushResult> flush = output.FlushAsync(CancellationToken.None);
        FlushResult result;
        try
        {
            if (flush.IsCompleted)
            {
                result = await flush;
            }
            else
            {
                using (lifetime.WriteToken.UnsafeRegister(static pipe => ((PipeWriter)pipe!).CancelPendingFlush(), output))
                    result = await flush;
            }
        }
        catch (IOException e)
        {
            lifetime.ClientWent();
            throw new OperationCanceledException("the client is gone", e);
        }

        if (result.IsCanceled)
            lifetime.WriteToken.ThrowIfCancellationRequested();
        if (!result.IsCompleted)
            return;
        lifetime.ClientWent();
        throw new OperationCanceledException("the client is gone");
    }

    /// <summary>
    /// One message from a small prefix and parts that stay where they are until the pipe takes them, chunk by chunk: no second buffer is built.
    /// </summary>
    public async ValueTask WritePartsAsync(ReadOnlyMemory<byte> prefix, IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        lifetime.Token.ThrowIfCancellationRequested();
        int frameBytes = FrameWriter.WritePrefix(output, prefix.Span, parts);
        IsInsideMessage = true;
        int unflushed = FrameHeader.SizeBytes + prefix.Length;
        for (int i = 0; i < parts.Count; i++)
        {
            ReadOnlyMemory<byte> rest = parts[i];
            while (!rest.IsEmpty)
            {
                if (unflushed >= ChunkBytes)
                {
                    await FlushAsync();
                    unflushed = 0;
                }

                int take = Math.Min(rest.Length, ChunkBytes - unflushed);
                output.Write(rest.Span[..take]);
                rest = rest[take..];
                unflushed += take;
            }
        }

        IsInsideMessage = false;
        MessagesWritten++;
        BytesWritten += frameBytes;
        await FlushAsync();
    }
}
