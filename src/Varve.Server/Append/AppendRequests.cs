using Google.Protobuf;
using Varve.Arrow;
using Varve.Protocol.V1;
using Varve.Rpc.Framing;
using Varve.Rpc.Server;
using Varve.Server.Calls;
using Varve.Server.Errors;
using Varve.Server.Services;

namespace Varve.Server.Append;

/// <summary>The requests of one Append call of varve.v1. One side reads, one side answers.</summary>
internal sealed class AppendRequests(AppendServices services, CallShare share, ServerCall call) : IAppendSource
{
    private readonly RowDecoder _decoder = new(services, share);

    /// <summary>The stream of the newest request, which the next may leave out.</summary>
    public string? Stream { get; private set; }

    public async ValueTask<AppendRows?> ReadAsync(CancellationToken cancellationToken)
    {
        FrameRead<(AppendRequest Request, int SizeBytes)> read = await call.ReadSizedAsync<AppendRequest>(cancellationToken);
        if (!read.HasMessage)
            return null;
        AppendRequest request = read.Message.Request;
        if (request.Stream.Length > 0)
            Stream = request.Stream;
        if (Stream is null)
            throw ErrorMapper.InvalidRequest("the first request of an Append call must name its stream");
        RecordBatch rows = _decoder.Decode(Stream, request);
        return new AppendRows(
            request.RequestId,
            Stream,
            rows,
            read.Message.SizeBytes,
            request.HasExpectedOffset ? request.ExpectedOffset : null,
            ProducerText.Parse(request.Producer));
    }

    public IMessage Answer(AppendResponse response) => response;
}
