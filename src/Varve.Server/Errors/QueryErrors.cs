using Varve.Protocol.V1;
using Varve.Query;

namespace Varve.Server.Errors;

/// <summary>
/// The wire's codes for errors of queries. The wire tells fewer of them apart than the engine does: only those that a client would handle
/// differently.
/// </summary>
internal static class QueryErrors
{
    public static ErrorCode ToWire(QueryErrorCode code) => code switch
    {
        QueryErrorCode.Syntax or QueryErrorCode.InvalidStatement => ErrorCode.SqlInvalid,
        QueryErrorCode.InvalidParameter or QueryErrorCode.TooLarge => ErrorCode.SqlInvalid,
        QueryErrorCode.NotFound => ErrorCode.SqlNotFound,
        QueryErrorCode.InvalidValue or QueryErrorCode.File => ErrorCode.SqlData,
        QueryErrorCode.Unsupported => ErrorCode.Unsupported,
        QueryErrorCode.Refused => ErrorCode.SqlRefused,
        QueryErrorCode.OutOfMemory => ErrorCode.SqlOutOfMemory,
        QueryErrorCode.Timeout => ErrorCode.SqlTimeout,
        QueryErrorCode.Cancelled => ErrorCode.SqlCancelled,
        QueryErrorCode.NotHeld => ErrorCode.OffsetOutOfRange,
        QueryErrorCode.Busy => ErrorCode.SqlBusy,
        _ => ErrorCode.SqlInternal,
    };
}
