using Varve.Protocol.V1;
using Varve.Query;
using Varve.Query.Following;
using Varve.Rpc.Server;
using Varve.Server.Errors;
using Varve.Storage;
using StreamDescription = Varve.Storage.StreamDescription;

namespace Varve.Server.Read;

/// <summary>Opens reads of streams, for Read and for Flight alike. Any thread.</summary>
internal sealed class StreamReads(StorageEngine engine, QueryEngine queries, ReadPoints points)
{
    public StorageEngine Engine => engine;

    /// <summary>Waits until what the call asks for can be seen, and checks it; nothing is read yet.</summary>
    /// <exception cref="Rpc.RpcException">The request asks for columns or rows that are not there, or contradicts itself.</exception>
    /// <exception cref="StorageException">There is no such stream, or a position was not reached.</exception>
    /// <exception cref="QueryException">The filter is none.</exception>
    public async Task<StreamRead> OpenAsync(ReadRequest request, ServerCall call)
    {
        AsOf? moment = ReadPoints.MomentOf(await points.ReachAsync(call));
        if (request.StartCase == ReadRequest.StartOneofCase.AfterPosition)
            await points.WaitAsync(new LogPosition(request.AfterPosition), call.Cancelled);
        if (moment is not null && request.Follow)
            throw ErrorMapper.InvalidRequest($"cannot follow stream '{request.Stream}' as of a moment of the past: give one of them", request.Stream);
        if (moment is AsOf.AtTime)
            await engine.SettleTimeAsync(call.Cancelled);
        StreamView view = moment is null ? engine.OpenView(request.Stream) : engine.OpenView(request.Stream, moment);
        ReadRange range = ReadRange.Of(request, view.Stream, position => engine.FindEndOffset(request.Stream, position));
        ReadColumns columns = ReadColumns.Of(view.Stream, request.Columns);
        StreamFilter? filter = request.Filter.Length == 0
            ? null
            : await StreamFilter.CreateAsync(queries, request.Stream, request.Filter, call.Cancelled);
        return new StreamRead(engine, view, range, columns, request.MaxBatchRows, filter);
    }

    /// <summary>The rows that are there now, or were at the moment that the call asks for.</summary>
    public async Task<(StreamDescription Stream, LogPosition Position)> DescribeAsync(string stream, ServerCall call)
    {
        AsOf? moment = ReadPoints.MomentOf(await points.ReachAsync(call));
        if (moment is AsOf.AtTime)
            await engine.SettleTimeAsync(call.Cancelled);
        StreamView view = moment is null ? engine.OpenView(stream) : engine.OpenView(stream, moment);
        return (view.Stream, view.Position);
    }
}
