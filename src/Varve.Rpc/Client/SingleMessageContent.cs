using System.Buffers;
using System.Net;
using Google.Protobuf;
using Varve.Rpc.Framing;

namespace Varve.Rpc.Client;

/// <summary>The body of a request that is one message. May be sent again, where a connection was refused before the server looked at it.</summary>
internal sealed class SingleMessageContent(IMessage message, string? encoding) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        var buffer = new ArrayBufferWriter<byte>(FrameHeader.SizeBytes + message.CalculateSize() + 1);
        FrameWriter.Write(buffer, message, encoding);
        await stream.WriteAsync(buffer.WrittenMemory);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
