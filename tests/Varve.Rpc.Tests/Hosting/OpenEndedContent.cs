using System.Net;

namespace Varve.Rpc.Tests.Hosting;

/// <summary>A body that sends some bytes and then does not end until it is disposed of, as the request of a stream that stays open.</summary>
internal sealed class OpenEndedContent(byte[] body) : HttpContent
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(body);
        await stream.FlushAsync();
        await _released.Task;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        _released.TrySetResult();
        base.Dispose(disposing);
    }
}
