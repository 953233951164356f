using Varve.Backup.Repositories.S3;

namespace Varve.Backup.Repositories;

/// <summary>What people write to name a repository. Without state.</summary>
public static class RepositoryLocation
{
    /// <summary>Opens the kind of repository that a location names: a directory or, with <c>s3://</c>, a bucket. Throws <see cref="RepositoryException"/>.</summary>
    public static async Task<IRepository> OpenAsync(string location, CancellationToken cancellationToken = default) => SchemeOf(location) switch
    {
        "" => await DirectoryRepository.OpenAsync(location, cancellationToken).ConfigureAwait(false),
        S3Location.Scheme => await S3Repository.OpenAsync(S3Location.Parse(location), null, cancellationToken).ConfigureAwait(false),
        string scheme => throw new BackupException(BackupErrorCode.Unsupported, $"{location} is no repository: {scheme}:// is not known; a directory and s3://bucket/prefix are"),
    };

    /// <summary>Whether two texts name one place.</summary>
    public static bool IsSame(string left, string right) =>
        SchemeOf(left).Length == 0 && SchemeOf(right).Length == 0
            ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(left)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(right))
            : left.TrimEnd('/') == right.TrimEnd('/');

    private static string SchemeOf(string location)
    {
        int end = location.IndexOf("://", StringComparison.Ordinal);
        return end < 0 ? "" : location[..end];
    }
}
