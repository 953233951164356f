using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Varve.Backup.Repositories;
using Varve.Backup.Repositories.S3;
using Varve.Backup.Tests.Repositories.S3;

namespace Varve.Backup.Tests.Places;

/// <summary>A prefix of its own in the bucket of a server.</summary>
internal sealed class S3Place(Varve.Backup.Repositories.S3.S3Location location, AWSCredentials credentials) : RepositoryPlace
{
    private readonly AmazonS3Client _client = new(
        credentials, new AmazonS3Config { ServiceURL = location.Endpoint, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });

    public S3Place(S3Process server)
        : this(server.NextLocation(), server.Credentials)
    {
    }

    public override async Task<IRepository> OpenAsync() => await S3Repository.OpenAsync(location, credentials);

    public override async Task<IReadOnlyList<string>> NamesAsync()
    {
        List<string> names = [];
        ListObjectsV2Request request = new() { BucketName = location.Bucket, Prefix = location.Prefix };
        await foreach (S3Object item in _client.Paginators.ListObjectsV2(request).S3Objects)
            names.Add(item.Key[location.Prefix.Length..]);
        return [.. names.Order(StringComparer.Ordinal)];
    }

    public override async Task<byte[]> ReadAsync(string name)
    {
        using GetObjectResponse found = await _client.GetObjectAsync(location.Bucket, location.Prefix + name);
        using MemoryStream content = new();
        await found.ResponseStream.CopyToAsync(content);
        return content.ToArray();
    }

    public override async Task WriteAsync(string name, byte[] content)
    {
        using MemoryStream stream = new(content);
        await _client.PutObjectAsync(new PutObjectRequest
        {
            BucketName = location.Bucket,
            Key = location.Prefix + name,
            InputStream = stream,
            UseChunkEncoding = false,
        });
    }

    public override Task DeleteAsync(string name) => _client.DeleteObjectAsync(location.Bucket, location.Prefix + name);

    public override ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
