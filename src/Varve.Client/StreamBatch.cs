using Google.Protobuf;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Protocol.V1;

namespace Varve.Client;

/// <summary>Rows for one stream.</summary>
/// <param name="Stream">Its name.</param>
/// <param name="Rows">One atomic batch.</param>
/// <param name="ExpectedOffset">Where the stream must end, so that nobody else has appended to it meanwhile; null: anywhere.</param>
public sealed record StreamBatch(string Stream, RecordBatch Rows, long? ExpectedOffset = null)
{
    /// <summary>Complete in itself, schema and dictionaries included: it can be sent on any call, and wherever in it.</summary>
    internal AppendRequest ToRequest()
    {
        using var bytes = new MemoryStream();
        using (var writer = new IpcStreamWriter(bytes, Rows.Schema, leaveOpen: true))
            writer.Write(Rows);
        var request = new AppendRequest { Stream = Stream, Arrow = UnsafeByteOperations.UnsafeWrap(bytes.ToArray()) };
        if (ExpectedOffset is { } expected)
            request.ExpectedOffset = expected;
        return request;
    }
}
