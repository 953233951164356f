using System.Net;

namespace Varve.Rpc.Client;

/// <summary>
/// The body of a request that its caller writes for as long as the call lives: hands out the HTTP stream and waits until the caller is done.
/// </summary>
internal sealed class RequestContent : HttpContent
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Stream? _stream;
    private bool _isTaken;

    /// <summary>Completes when there is a stream to take.</summary>
    public Task Opened => _opened.Task;

    /// <summary>The stream to write to. From now on the body can't be moved to another connection.</summary>
    public Stream TakeStream()
    {
        lock (_gate)
        {
            _isTaken = true;
            return _stream ?? throw new InvalidOperationException("the request stream is not open yet");
        }
    }

    /// <summary>Ends the body, which half-closes the call.</summary>
    public void Complete() => _done.TrySetResult();

    /// <summary>
    /// Gives the body up where it has not ended, which resets the stream: to the server a call that its client drops must not look like one that is
    /// complete.
    /// </summary>
    public void Abandon() => _done.TrySetCanceled();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, default);

    /// <param name="stream">Of the request.</param>
    /// <param name="context">Not used.</param>
    /// <param name="cancellationToken">
    /// Fires when the server has ended the call early. Left unobserved the request would count as running, and a connection that closes right after
    /// would take the response's status with it.
    /// </param>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        try
        {
            // Sends the headers: without it they would wait for the first message, and a server that speaks first for ever.
            await stream.FlushAsync(cancellationToken);
            Open(stream);
        }
        catch (Exception e)
        {
            _opened.TrySetException(e);
            throw;
        }

        await _done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>HttpClient comes here again with a new connection where the old one refused the stream unseen.</summary>
    private void Open(Stream stream)
    {
        lock (_gate)
        {
            if (_isTaken)
                throw new HttpRequestException("the connection ended before the server took the call, and messages were sent on it already");
            _stream = stream;
        }

        _opened.TrySetResult();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
