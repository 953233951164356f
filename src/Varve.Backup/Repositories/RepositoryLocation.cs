using Varve.Backup.Repositories.S3;

namespace Varve.Backup.Repositories;

/// <summary>What people write to name a repository. Without state.</summary>
public static class RepositoryLocation
{
    /// <summary>Opens the kind of repository that a location names: a directory or, with <c>s3://</c>, a bucket. Throws <see cref="RepositoryException"/>.</summary>
    public static Task<IRepository> OpenAsync(string location, CancellationToken cancellationToken = default) =>
        OpenAsync(location, () => false, cancellationToken);

    /// <inheritdoc cref="OpenAsync(string, CancellationToken)"/>
    /// <param name="location">A directory, or <c>s3://bucket/prefix</c>.</param>
    /// <param name="givesWay">Whether a node here takes appends at the moment, with which writes to a disk should not interfere.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    public static async Task<IRepository> OpenAsync(string location, Func<bool> givesWay, CancellationToken cancellationToken = default) => SchemeOf(location) switch
    {
        "" => await DirectoryRepository.OpenAsync(location, givesWay, cancellationToken).ConfigureAwait(false),
        S3Location.Scheme => await S3Repository.OpenAsync(S3Location.Parse(location), null, givesWay, cancellationToken).ConfigureAwait(false),
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
