using Varve.Arrow;
using Varve.Backup;
using Varve.Backup.Repositories;
using Varve.Protocol.V1;
using Varve.Query;
using Varve.Rpc;
using Varve.Storage;

namespace Varve.Server.Errors;

/// <summary>
/// The one way from an operating failure to what a client sees: a status of errors.proto's choice, the message, and an <see cref="ErrorDetail"/> in
/// the status details.
/// </summary>
internal static class ErrorMapper
{
    /// <summary>Makes the error of a code.</summary>
    /// <param name="code">Decides the status.</param>
    /// <param name="message">For the client's eyes.</param>
    /// <param name="stream">The stream that the call was about, where there is one.</param>
    /// <param name="requestIndex">In an Append call, the request that failed, counted from 0.</param>
    /// <param name="inner">Stays in this process.</param>
    public static RpcException Create(ErrorCode code, string message, string? stream = null, long? requestIndex = null, Exception? inner = null)
    {
        var detail = new ErrorDetail { Code = code, Stream = stream ?? "" };
        if (requestIndex is { } index)
            detail.RequestIndex = index;
        return new RpcException(ErrorTable.Status(code), message, [detail], inner);
    }

    public static RpcException InvalidRequest(string message, string? stream = null) => Create(ErrorCode.InvalidRequest, message, stream);

    /// <returns>Null: not a failure that a client can do anything with; it ends the call as UNKNOWN and is logged with its stack.</returns>
    public static RpcException? Map(Exception exception) => Map(exception, null);

    /// <inheritdoc cref="Map(Exception)"/>
    public static RpcException? Map(Exception exception, string? stream, long? requestIndex = null) => exception switch
    {
        RpcException known => Complete(known, stream, requestIndex),
        StorageException failure => Create((ErrorCode)failure.Code, failure.Message, stream, requestIndex, failure),
        QueryException failure => Create(QueryErrors.ToWire(failure.Code), failure.Message, stream, requestIndex, failure),
        BackupException failure => Create(BackupErrors.ToWire(failure.Code), failure.Message, stream, requestIndex, failure),
        RepositoryException failure => Create(BackupErrors.ToWire(failure.Code), failure.Message, stream, requestIndex, failure),
        ArrowFormatException failure => Create(ErrorCode.InvalidData, failure.Message, stream, requestIndex, failure),
        _ => null,
    };

    /// <summary>Says which stream and request an error belongs to, where whoever made it did not know.</summary>
    private static RpcException Complete(RpcException known, string? stream, long? requestIndex)
    {
        if (known.FindDetail<ErrorDetail>() is not { } detail || (stream is null && requestIndex is null))
            return known;
        string named = detail.Stream.Length > 0 ? detail.Stream : stream ?? "";
        return Create(detail.Code, known.Message, named, detail.HasRequestIndex ? detail.RequestIndex : requestIndex, known);
    }
}
