using Varve.Protocol.V1;
using Varve.Server.Errors;
using Varve.Storage;
using StreamDescription = Varve.Storage.StreamDescription;

namespace Varve.Server.Read;

/// <summary>Which rows a reader asked for.</summary>
/// <param name="Start">The first offset.</param>
/// <param name="End">Stop before this offset; <see cref="Unbounded"/>: never.</param>
/// <param name="RowCountMax">Stop after that many rows; <see cref="Unbounded"/>: never.</param>
/// <param name="IsFollowing">Whether to wait for rows that are not there yet.</param>
internal readonly record struct ReadRange(long Start, long End, long RowCountMax, bool IsFollowing)
{
    public const long Unbounded = long.MaxValue;

    /// <param name="request">What was asked for.</param>
    /// <param name="stream">As it is now.</param>
    /// <param name="endAt">Where the stream ended at a log position.</param>
    /// <exception cref="Rpc.RpcException">The request contradicts itself, or starts outside of what the stream holds.</exception>
    public static ReadRange Of(ReadRequest request, StreamDescription stream, Func<LogPosition, long> endAt)
    {
        if (request.MaxRows < 0)
            throw Invalid(request, $"max_rows is {request.MaxRows}: it must not be negative");
        long start = StartOf(request, stream, endAt);
        long end = request.HasToOffset ? request.ToOffset : Unbounded;
        if (end < start)
            throw Invalid(request, $"to_offset {end} is before the start {start}");

        // Without a filter every row counts, and the end is known.
        if (request.MaxRows > 0 && request.MaxRows < end - start && request.Filter.Length == 0)
            end = start + request.MaxRows;
        return new ReadRange(start, end, request.MaxRows > 0 ? request.MaxRows : Unbounded, request.Follow);
    }

    private static long StartOf(ReadRequest request, StreamDescription stream, Func<LogPosition, long> endAt)
    {
        switch (request.StartCase)
        {
            case ReadRequest.StartOneofCase.FromOffset:
                if (request.FromOffset < 0)
                    throw Invalid(request, $"from_offset is {request.FromOffset}: it must not be negative");
                return Held(request.FromOffset, stream, "");
            case ReadRequest.StartOneofCase.AfterPosition:
                if (request.AfterPosition < 1)
                    throw Invalid(request, $"after_position is {request.AfterPosition}: it must be 1 or more");
                return Held(endAt(new LogPosition(request.AfterPosition)), stream, $", where it ended at position {request.AfterPosition}");
            case ReadRequest.StartOneofCase.LastRows:
                return request.LastRows >= 0
                    ? Math.Max(stream.FirstOffset, stream.EndOffset - request.LastRows)
                    : throw Invalid(request, $"last_rows is {request.LastRows}: it must not be negative");
            default:
                return stream.FirstOffset;
        }
    }

    private static long Held(long start, StreamDescription stream, string why) => start >= stream.FirstOffset && start <= stream.EndOffset
        ? start
        : throw ErrorMapper.Create(ErrorCode.OffsetOutOfRange, $"cannot read stream '{stream.Name}' from offset {start}{why}: "
            + $"its oldest row is {stream.FirstOffset} and its end is {stream.EndOffset}", stream.Name);

    private static Rpc.RpcException Invalid(ReadRequest request, string problem) =>
        ErrorMapper.InvalidRequest($"cannot read stream '{request.Stream}': {problem}", request.Stream);
}
