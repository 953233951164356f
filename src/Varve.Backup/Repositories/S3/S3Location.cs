namespace Varve.Backup.Repositories.S3;

/// <summary>
/// A bucket, a prefix in it, and where its server is: <c>s3://bucket/prefix?endpoint=https://host:port&amp;region=eu-central-1&amp;path-style=true</c>.
/// Credentials are no part of it. Immutable.
/// </summary>
/// <param name="Bucket">Must be there.</param>
/// <param name="Prefix">Before the names of objects, with its slash; empty: none.</param>
/// <param name="Endpoint">Null: Amazon's own, of the region.</param>
/// <param name="Region">Null: as the environment or the profile says.</param>
/// <param name="IsPathStyle">Whether the bucket stands in the path instead of the host's name; by default where an endpoint is given.</param>
public sealed record S3Location(string Bucket, string Prefix, string? Endpoint, string? Region, bool IsPathStyle)
{
    public const string Scheme = "s3";

    /// <exception cref="BackupException">It is no such text.</exception>
    public static S3Location Parse(string text)
    {
        int query = text.IndexOf('?', StringComparison.Ordinal);
        string path = text[(Scheme.Length + 3)..(query < 0 ? text.Length : query)];
        string[] parts = path.Split('/', 2);
        string prefix = parts.Length > 1 ? parts[1].Trim('/') : "";
        if (parts[0].Length == 0)
            throw Wrong(text, "it names no bucket");
        var location = new S3Location(parts[0], prefix.Length > 0 ? prefix + "/" : "", null, null, false);
        foreach (string option in query < 0 ? [] : text[(query + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            string value = equals < 0 ? "" : option[(equals + 1)..];
            location = (equals < 0 ? option : option[..equals]) switch
            {
                "endpoint" when Uri.TryCreate(value, UriKind.Absolute, out Uri? uri) && uri is { UserInfo: "", Scheme: "http" or "https" } =>
                    location with { Endpoint = value, IsPathStyle = true },
                "region" when value.Length > 0 => location with { Region = value },
                "path-style" when bool.TryParse(value, out bool isPathStyle) => location with { IsPathStyle = isPathStyle },
                string name => throw Wrong(text, $"'{name}' is none of endpoint=URL, region=NAME, path-style=true|false"),
            };
        }

        return location;
    }

    private static BackupException Wrong(string text, string why) =>
        new(BackupErrorCode.Unsupported, $"{text} is no repository: {why}; an example: s3://bucket/prefix?endpoint=https://host:9000");
}
