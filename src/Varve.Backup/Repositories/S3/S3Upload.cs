using Amazon.S3;
using Amazon.S3.Model;

namespace Varve.Backup.Repositories.S3;

/// <summary>Sends one object up: as a whole, or, where it is large, in parts, so that a connection that breaks costs a part. Used once, by one caller.</summary>
/// <param name="client">The store.</param>
/// <param name="bucket">Where to.</param>
/// <param name="key">The object's name in the bucket.</param>
/// <param name="replaces">Whether it may replace an object of that name.</param>
internal sealed class S3Upload(AmazonS3Client client, string bucket, string key, bool replaces)
{
    private const int PartBytes = 16 << 20;

    public Task RunAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        content.Length > PartBytes ? WritePartsAsync(content, cancellationToken) : WriteWholeAsync(content, cancellationToken);

    private async Task WriteWholeAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream(content.ToArray(), writable: false);
        var request = new PutObjectRequest { BucketName = bucket, Key = key, InputStream = bytes, UseChunkEncoding = false };
        if (!replaces)
            request.IfNoneMatch = "*";
        await client.PutObjectAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private async Task WritePartsAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        string upload = (await client.InitiateMultipartUploadAsync(bucket, key, cancellationToken).ConfigureAwait(false)).UploadId;
        try
        {
            var complete = new CompleteMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = upload, PartETags = [] };
            for (int part = 1, at = 0; at < content.Length; part++, at += PartBytes)
            {
                using var bytes = new MemoryStream(content.Slice(at, Math.Min(PartBytes, content.Length - at)).ToArray(), writable: false);
                UploadPartResponse stored = await client.UploadPartAsync(
                    new UploadPartRequest
                    {
                        BucketName = bucket,
                        Key = key,
                        UploadId = upload,
                        PartNumber = part,
                        InputStream = bytes,
                        PartSize = bytes.Length,
                        UseChunkEncoding = false,
                    },
                    cancellationToken).ConfigureAwait(false);
                complete.PartETags.Add(new PartETag(part, stored.ETag));
            }

            if (!replaces)
                complete.IfNoneMatch = "*";
            await client.CompleteMultipartUploadAsync(complete, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await AbortAsync(upload).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Parts that are never completed would be kept, and paid for, until the bucket's rules let them go.</summary>
    private async Task AbortAsync(string upload)
    {
        try
        {
            using var late = new CancellationTokenSource(S3Repository.CallTimeout);
            await client.AbortMultipartUploadAsync(bucket, key, upload, late.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (S3Errors.IsExpected(e, CancellationToken.None))
        {
            // What broke the upload is told; that its parts are left changes nothing.
        }
    }
}
