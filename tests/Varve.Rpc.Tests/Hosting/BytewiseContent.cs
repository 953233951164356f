using System.Net;

namespace Varve.Rpc.Tests.Hosting;

/// <summary>A body sent in pieces of a given size, each flushed, so that each becomes a DATA frame of its own; a last empty one ends it.</summary>
internal sealed class BytewiseContent(byte[] body, int pieceBytes) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        for (int at = 0; at < body.Length; at += pieceBytes)
        {
            await stream.WriteAsync(body.AsMemory(at, Math.Min(pieceBytes, body.Length - at)));
            await stream.FlushAsync();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
