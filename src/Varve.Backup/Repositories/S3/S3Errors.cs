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
        "AuthorizationHeaderMalformed",
    ];

    /// <summary>
    /// What the store means, where its code alone does not tell what to look at. Its own text may repeat what was signed, and is not told.
    /// </summary>
    private static readonly Dictionary<string, string> Meanings = new()
    {
        ["SignatureDoesNotMatch"] = "it knows no such access key, or with another secret",
        ["InvalidAccessKeyId"] = "it knows no such access key",
        ["RequestTimeTooSkewed"] = "the clock of this machine is not the store's",
        ["AuthorizationHeaderMalformed"] = "it is of another region; region=NAME in the location says which",
    };

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

    /// <summary>The store does not know what was asked for, and did nothing.</summary>
    public static bool IsNotImplemented(AmazonS3Exception e) => e.StatusCode == HttpStatusCode.NotImplemented;

    public static RepositoryException Of(string what, Exception e) => e switch
    {
        RepositoryException known => known,
        OperationCanceledException => new RepositoryException(RepositoryErrorCode.Unreachable, $"{what}: no answer in time", e),
        AmazonS3Exception { ErrorCode: "NoSuchBucket" } => new RepositoryException(RepositoryErrorCode.Unreachable, $"{what}: there is no such bucket", e),
        AmazonS3Exception s3 when IsNotFound(s3) => new RepositoryException(RepositoryErrorCode.NotFound, $"{what}: there is no such object", e),
        AmazonS3Exception s3 => new RepositoryException(
            CodeOf(s3), $"{what}: the store answered {(int)s3.StatusCode} {s3.ErrorCode}{MeaningOf(s3)}", e),
        AmazonClientException when e.InnerException is null => new RepositoryException(
            RepositoryErrorCode.PermissionDenied, $"{what}: no credentials were found in the environment, the profile or the machine's role", e),
        _ => new RepositoryException(RepositoryErrorCode.Unreachable, $"{what}: {(e.InnerException ?? e).Message}", e),
    };

    private static string MeaningOf(AmazonS3Exception e) => Meanings.TryGetValue(e.ErrorCode ?? "", out string? meaning) ? $": {meaning}" : "";

    private static RepositoryErrorCode CodeOf(AmazonS3Exception e) => e switch
    {
        _ when Denied.Contains(e.ErrorCode ?? "") => RepositoryErrorCode.PermissionDenied,
        { StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized } => RepositoryErrorCode.PermissionDenied,
        { StatusCode: HttpStatusCode.InsufficientStorage } or { ErrorCode: "QuotaExceeded" or "XMinioStorageFull" } => RepositoryErrorCode.Full,
        _ => RepositoryErrorCode.Unreachable,
    };
}
