using System.Net;
using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Varve.Backup.Repositories.S3;

/// <summary>
/// A repository in a bucket of an S3-compatible store. Credentials come from where the SDK looks for them: AWS_ACCESS_KEY_ID and
/// AWS_SECRET_ACCESS_KEY, the profile's file, the machine's role. Any thread; any number of processes.
/// </summary>
/// <remarks>
/// Of several that put one name at once, one does, where the store heeds If-None-Match (Amazon, MinIO, Ceph and others do). Where it
/// ignores that, or refuses it (OpenStack Swift), that holds within one process.
/// </remarks>
public sealed class S3Repository : IRepository
{
    private const int Tries = 4;

    /// <summary>Puts of different names seldom wait for one another, and no name is kept.</summary>
    private const int TurnCount = 64;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    internal static readonly TimeSpan CallTimeout = TimeSpan.FromMinutes(2);

    private readonly AmazonS3Client _client;
    private readonly S3Location _location;
    private readonly Func<bool> _givesWay;
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, TurnCount).Select(_ => new SemaphoreSlim(1))];

    /// <summary>Learnt from the store's first answer to a condition.</summary>
    private volatile bool _refusesConditions;

    private S3Repository(AmazonS3Client client, S3Location location, Func<bool> givesWay)
    {
        _client = client;
        _location = location;
        _givesWay = givesWay;
    }

    public string Description => $"s3://{_location.Bucket}/{_location.Prefix}".TrimEnd('/');

    public bool GivesWay => _givesWay();

    /// <summary>Opens a bucket that is there. Throws <see cref="RepositoryException"/>.</summary>
    /// <param name="location">Where it is.</param>
    /// <param name="credentials">Null: from where the SDK looks for them.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    public static Task<S3Repository> OpenAsync(
        S3Location location, AWSCredentials? credentials = null, CancellationToken cancellationToken = default) =>
        OpenAsync(location, credentials, () => false, cancellationToken);

    internal static async Task<S3Repository> OpenAsync(
        S3Location location, AWSCredentials? credentials, Func<bool> givesWay, CancellationToken cancellationToken)
    {
        var config = new AmazonS3Config { ForcePathStyle = location.IsPathStyle, MaxErrorRetry = Tries - 1, Timeout = CallTimeout };
        if (location.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint;
            config.AuthenticationRegion = location.Region ?? "us-east-1";

            // Stores that are not Amazon's often do not know its newer checksums; what was stored is read back anyway.
            config.RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED;
            config.ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED;
        }
        else if (location.Region is { } region)
        {
            config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(region);
        }

        S3Repository? repository = null;
        try
        {
            repository = new S3Repository(credentials is null ? new AmazonS3Client(config) : new AmazonS3Client(credentials, config), location, givesWay);
            await repository.ListPageAsync("data/", null, 1, cancellationToken).ConfigureAwait(false);
            return repository;
        }
        catch (Exception e) when (S3Errors.IsExpected(e, cancellationToken) || e is RepositoryException)
        {
            repository?._client.Dispose();
            throw S3Errors.Of($"opening s3://{location.Bucket}/{location.Prefix}", e);
        }
    }

    public async Task<bool> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        ObjectName.Validate(name);
        SemaphoreSlim turn = _turns[(uint)name.GetHashCode(StringComparison.Ordinal) % TurnCount];
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await LengthAsync(name, cancellationToken).ConfigureAwait(false) is not null)
                return false;
            return await RunAsync("write", name, token => WriteAsync(name, content, replaces: false, token), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    public Task ReplaceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        ObjectName.Validate(name);
        return RunAsync("write", name, token => WriteAsync(name, content, replaces: true, token), cancellationToken);
    }

    public Task<byte[]> GetAsync(string name, CancellationToken cancellationToken = default)
    {
        ObjectName.Validate(name);
        return RunAsync("read", name, token => ReadAsync(name, null, token), cancellationToken);
    }

    public async Task<int> ReadAsync(string name, long offset, Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectName.Validate(name);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);

        // A range of no bytes cannot be said: one is asked for, and dropped. As text: of the range from 0 to 0 given as numbers the SDK makes none.
        var range = new ByteRange($"bytes={offset}-{offset + Math.Max(buffer.Length, 1) - 1}");
        byte[] found = await RunAsync("read", name, token => ReadRangeAsync(name, range, token), cancellationToken).ConfigureAwait(false);

        // Some servers send more than was asked for.
        int count = Math.Min(found.Length, buffer.Length);
        found.AsSpan(0, count).CopyTo(buffer.Span);
        return count;
    }

    public async IAsyncEnumerable<RepositoryObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ObjectName.ValidatePrefix(prefix);
        string? next = null;
        do
        {
            ListObjectsV2Response page = await ListPageAsync(prefix, next, null, cancellationToken).ConfigureAwait(false);
            foreach (S3Object item in page.S3Objects ?? [])
                yield return new RepositoryObject(item.Key[_location.Prefix.Length..], item.Size ?? 0);
            next = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (next is not null);
    }

    public async Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        ObjectName.Validate(name);
        if (await LengthAsync(name, cancellationToken).ConfigureAwait(false) is null)
            return false;
        await RunAsync("delete", name, token => _client.DeleteObjectAsync(_location.Bucket, Key(name), token), cancellationToken).ConfigureAwait(false);
        return true;
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        foreach (SemaphoreSlim turn in _turns)
            turn.Dispose();
        return ValueTask.CompletedTask;
    }

    private string Key(string name) => _location.Prefix + name;

    private Task<ListObjectsV2Response> ListPageAsync(string prefix, string? next, int? countMax, CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = _location.Bucket, Prefix = Key(prefix), ContinuationToken = next };
        if (countMax is { } count)
            request.MaxKeys = count;
        return RunAsync("list", prefix, token => _client.ListObjectsV2Async(request, token), cancellationToken);
    }

    /// <summary>Null: there is no such object.</summary>
    private Task<long?> LengthAsync(string name, CancellationToken cancellationToken) => RunAsync(
        "look-up",
        name,
        async token =>
        {
            try
            {
                return (long?)(await _client.GetObjectMetadataAsync(_location.Bucket, Key(name), token).ConfigureAwait(false)).ContentLength;
            }
            catch (AmazonS3Exception e) when (S3Errors.IsNotFound(e))
            {
                return null;
            }
        },
        cancellationToken);

    /// <summary>False where an object was there and must not be replaced.</summary>
    private async Task<bool> WriteAsync(string name, ReadOnlyMemory<byte> content, bool replaces, CancellationToken cancellationToken)
    {
        bool isConditional = !replaces && !_refusesConditions;
        try
        {
            await new S3Upload(_client, _location.Bucket, Key(name), !isConditional).RunAsync(content, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception e) when (isConditional && S3Errors.IsNotImplemented(e))
        {
            // Nothing was stored. That there was no such object was looked up before; no more can be had of this store.
            _refusesConditions = true;
            return await WriteAsync(name, content, replaces, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception e) when (!replaces && S3Errors.IsThere(e))
        {
            // It was not there a moment ago: another's, or our own of a try whose answer was lost. What is sealed twice is never the same.
            byte[] there = await ReadAsync(name, null, cancellationToken).ConfigureAwait(false);
            return there.AsSpan().SequenceEqual(content.Span);
        }

        byte[] stored = await ReadAsync(name, null, cancellationToken).ConfigureAwait(false);
        return stored.AsSpan().SequenceEqual(content.Span)
            ? true
            : throw new RepositoryException(RepositoryErrorCode.NotAsWritten, $"write of {Description}/{name}: what was read back is something else");
    }

    /// <summary>Nothing where the object ends before the range.</summary>
    private async Task<byte[]> ReadRangeAsync(string name, ByteRange range, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(name, range, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return [];
        }
    }

    private async Task<byte[]> ReadAsync(string name, ByteRange? range, CancellationToken cancellationToken)
    {
        var request = new GetObjectRequest { BucketName = _location.Bucket, Key = Key(name), ByteRange = range };
        using GetObjectResponse found = await _client.GetObjectAsync(request, cancellationToken).ConfigureAwait(false);
        return await ReadBodyAsync(found, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<byte[]> ReadBodyAsync(GetObjectResponse found, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        try
        {
            await found.ResponseStream.CopyToAsync(content, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonClientException e)
        {
            throw new IOException($"the store says another hash than what came has: {e.Message}", e);
        }

        return found.ContentLength == content.Length
            ? content.ToArray()
            : throw new IOException($"{content.Length} of {found.ContentLength} bytes came");
    }

    /// <summary>
    /// With a deadline for all tries together. The SDK sends a request again that was not answered, but knows nothing of an answer that breaks off, or comes
    /// while another server of the store replaces the object.
    /// </summary>
    /// <param name="what">For messages.</param>
    /// <param name="name">Of the object.</param>
    /// <param name="call">May be made again, whatever became of it.</param>
    /// <param name="cancellationToken">The caller's.</param>
    private async Task<T> RunAsync<T>(string what, string name, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Tries * CallTimeout);
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await Task.Delay(attempt * RetryDelay, late.Token).ConfigureAwait(false);
                return await call(late.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (attempt + 1 < Tries && S3Errors.IsBrokenOff(e))
            {
            }
            catch (Exception e) when (S3Errors.IsExpected(e, cancellationToken))
            {
                throw S3Errors.Of($"{what} of {Description}/{name}", e);
            }
        }
    }
}
