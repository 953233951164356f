using Amazon.Runtime;
using Varve.Backup.Repositories;
using Varve.Backup.Repositories.S3;
using Varve.Backup.Tests.Places;
using Varve.Storage.Tests;

namespace Varve.Backup.Tests.Repositories.S3;

/// <summary>Credentials that are wrong, at once or from some moment on, with a server that computes the signature of each request.</summary>
public sealed class CredentialTests(SwiftServer server) : IClassFixture<SwiftServer>
{
    private const string WrongSecret = "not-the-secret-of-this-key";

    private readonly S3Location _location = server.NextLocation();
    private readonly BasicAWSCredentials _wrong = new(SwiftServer.AccessKey, WrongSecret);

    [Fact]
    public async Task A_wrong_secret_opens_nothing()
    {
        RepositoryException failure = await Assert.ThrowsAsync<RepositoryException>(() => S3Repository.OpenAsync(_location, _wrong));

        AssertDenied(failure);
        Assert.Contains("403 SignatureDoesNotMatch", failure.Message, StringComparison.Ordinal);
        await (await S3Repository.OpenAsync(_location, server.Credentials)).DisposeAsync();
    }

    [Fact]
    public async Task A_secret_that_is_changed_meanwhile_is_told_and_all_goes_on_with_the_right_one()
    {
        ChangingCredentials credentials = new(server.Credentials);
        await using BackupHost host = await BackupHost.StartAsync(null, new S3Place(_location, credentials));
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Range(0, 5000));
        await using SnapshotRepository repository = await host.OpenAsync();
        Assert.Empty((await repository.CreateAsync(host.Engine)).Problems);
        IReadOnlyDictionary<string, byte[]> before = await host.Place.ReadAllAsync();
        await host.Engine.AppendAsync("s", Rows.Range(5000, 2500));

        credentials.Change(_wrong);
        foreach (Func<Task> attempt in (Func<Task>[])[
            () => repository.CreateAsync(host.Engine),
            () => repository.ListAsync(),
            () => repository.VerifyAsync(isFull: true),
            () => repository.RestoreAsync(host.ToNewDirectory())])
        {
            AssertDenied(await Assert.ThrowsAsync<RepositoryException>(attempt));
        }

        credentials.Change(server.Credentials);
        Assert.Equal(before, await host.Place.ReadAllAsync());
        Assert.Single(await repository.ListAsync());
        Assert.Empty((await repository.CreateAsync(host.Engine)).Problems);
        Assert.Empty((await repository.VerifyAsync(isFull: true)).Problems);
        Assert.Equal(7500, (await repository.RestoreAsync(host.ToNewDirectory())).RowCount);
    }

    /// <summary>The region is part of what is signed.</summary>
    [Fact]
    public async Task A_region_that_is_not_the_stores_is_told()
    {
        RepositoryException failure = await Assert.ThrowsAsync<RepositoryException>(
            () => S3Repository.OpenAsync(_location with { Region = "eu-central-1" }, server.Credentials));

        AssertDenied(failure);
        Assert.Contains("region", failure.Message, StringComparison.Ordinal);
    }

    private void AssertDenied(RepositoryException failure)
    {
        Assert.Equal(RepositoryErrorCode.PermissionDenied, failure.Code);
        Assert.Contains($"s3://{_location.Bucket}/{_location.Prefix}", failure.Message, StringComparison.Ordinal);
        Assert.All(
            [WrongSecret, server.Credentials.GetCredentials().SecretKey],
            secret => Assert.DoesNotContain(secret, failure.ToString(), StringComparison.Ordinal));
    }
}
