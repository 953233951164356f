using Varve.Protocol.V1;
using Varve.Server.Errors;
using StreamDescription = Varve.Storage.StreamDescription;

namespace Varve.Server.Read;

/// <summary>Which rows a reader asked for.</summary>
/// <param name="Start">The first offset.</param>
/// <param name="End">Stop before this offset; <see cref="Unbounded"/>: never.</param>
/// <param name="IsFollowing">Whether to wait for rows that are not there yet.</param>
internal readonly record struct ReadRange(long Start, long End, bool IsFollowing)
{
    public const long Unbounded = long.MaxValue;

    /// <exception cref="Rpc.RpcException">The request contradicts itself, or starts outside of what the stream holds.</exception>
    public static ReadRange Of(ReadRequest request, StreamDescription stream)
    {
        if (request.MaxRows < 0)
            throw Invalid(request, $"max_rows is {request.MaxRows}: it must not be negative");
        long start = StartOf(request, stream);
        long end = request.HasToOffset ? request.ToOffset : Unbounded;
        if (end < start)
            throw Invalid(request, $"to_offset {end} is before the start {start}");
        if (request.MaxRows > 0 && request.MaxRows < end - start)
            end = start + request.MaxRows;
        return new ReadRange(start, end, request.Follow);
    }

    private static long StartOf(ReadRequest request, StreamDescription stream)
    {
        switch (request.StartCase)
        {
            case ReadRequest.StartOneofCase.FromOffset:
                if (request.FromOffset < 0)
                    throw Invalid(request, $"from_offset is {request.FromOffset}: it must not be negative");
                if (request.FromOffset < stream.FirstOffset || request.FromOffset > stream.EndOffset)
                {
                    throw ErrorMapper.Create(ErrorCode.OffsetOutOfRange, $"cannot read stream '{stream.Name}' from offset {request.FromOffset}: "
                        + $"its oldest row is {stream.FirstOffset} and its end is {stream.EndOffset}", stream.Name);
                }

                return request.FromOffset;
            case ReadRequest.StartOneofCase.LastRows:
                return request.LastRows >= 0
                    ? Math.Max(stream.FirstOffset, stream.EndOffset - request.LastRows)
                    : throw Invalid(request, $"last_rows is {request.LastRows}: it must not be negative");
            default:
                return stream.FirstOffset;
        }
    }

    private static Rpc.RpcException Invalid(ReadRequest request, string problem) =>
        ErrorMapper.InvalidRequest($"cannot read stream '{request.Stream}': {problem}", request.Stream);
}
