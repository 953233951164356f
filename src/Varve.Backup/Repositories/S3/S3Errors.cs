using System.Net;
using Amazon.Runtime;
using Amazon.S3;

namespace Varve.Backup.Repositories.S3;

/// <summary>Says in the words of <see cref="RepositoryException"/> why a call to the store failed. Stateless.</summary>
internal static class S3Errors
{
    private static readonly HashSet<string> Denied =
    [
        "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "AllAccessDisabled", "AccountProblem",
    ];

    public static bool IsExpected(Exception e, CancellationToken caller) =>
        e is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or WebException
        || (e is OperationCanceledException && !caller.IsCancellationRequested);

    /// <summary>An answer came in part.</summary>
    public static bool IsBrokenOff(Exception e) => e is IOException or AmazonUnmarshallingException;

    public static bool IsNotFound(Exception e) =>
        e is AmazonS3Exception { StatusCode: HttpStatusCode.NotFound } s3 && s3.ErrorCode != "NoSuchBucket";

    /// <summary>An object of that name was there, or came at the same time.</summary>
    public static bool IsThere(Exception e) =>
        e is AmazonS3Exception { StatusCode: HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict } s3 && s3.ErrorCode != "OperationAborted";

    public static RepositoryException Of(string what, Exception e) => e switch
    {
        RepositoryException known => known,
        OperationCanceledException => new RepositoryException(RepositoryErrorCode.Unreachable, $"{what}: no answer in time", e),
        AmazonS3Exception { ErrorCode: "NoSuchBucket" } => new RepositoryException(RepositoryErrorCode.Unreachable, $"{what}: there is no such bucket", e),
        AmazonS3Exception s3 when IsNotFound(s3) => new RepositoryException(RepositoryErrorCode.NotFound, $"{what}: there is no such object", e),
        AmazonS3Exception s3 => new RepositoryException(CodeOf(s3), $"{what}: the store answered {(int)s3.StatusCode} {s3.ErrorCode}", e),
        AmazonClientException when e.InnerException is null => new RepositoryException(
            RepositoryErrorCode.PermissionDenied, $"{what}: no credentials were found in the environment, the profile or the machine's role", e),
        _ => new RepositoryException(RepositoryErrorCode.Unreachable, $"{what}: {(e.InnerException ?? e).Message}", e),
    };

    private static RepositoryErrorCode CodeOf(AmazonS3Exception e) => e switch
    {
        _ when Denied.Contains(e.ErrorCode ?? "") => RepositoryErrorCode.PermissionDenied,
        { StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized } => RepositoryErrorCode.PermissionDenied,
        { StatusCode: HttpStatusCode.InsufficientStorage } or { ErrorCode: "QuotaExceeded" or "XMinioStorageFull" } => RepositoryErrorCode.Full,
        _ => RepositoryErrorCode.Unreachable,
    };
}
