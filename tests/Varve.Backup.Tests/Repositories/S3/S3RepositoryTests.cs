using Amazon.Runtime;
using Varve.Backup.Repositories;
using Varve.Backup.Repositories.S3;
using Varve.Backup.Tests.Places;
using Varve.Storage.Tests;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Backup.Tests.Repositories.S3;

/// <summary>The suite of all repositories against servers of the protocol, and what is an object store's own.</summary>
public abstract class S3RepositoryTests(ITestOutputHelper output, S3Process server) : RepositoryConformance(output)
{
    private const string Secret = "very-secret-key";

    private readonly ITestOutputHelper _output = output;
    private readonly S3Location _location = server.NextLocation();

    protected override int PageObjectCount => server.PageObjectCount;

    protected override async Task<IRepository> OpenAsync() => await S3Repository.OpenAsync(_location, server.Credentials);

    protected override async Task<IRepository> OpenUnreachableAsync() =>
        await S3Repository.OpenAsync(_location with { Endpoint = "http://127.0.0.1:1" }, server.Credentials);

    [Fact]
    public async Task A_large_object_goes_up_in_parts_and_comes_back()
    {
        byte[] content = new byte[(34 << 20) + 7];
        new Random(TestSeed.Next(_output.WriteLine)).NextBytes(content);
        await using IRepository repository = await OpenAsync();

        Assert.True(await repository.PutAsync("data/large", content));
        Assert.False(await repository.PutAsync("data/large", new byte[] { 1 }));

        byte[] found = await repository.GetAsync("data/large");
        Assert.True(content.AsSpan().SequenceEqual(found));
        byte[] end = new byte[100];
        Assert.Equal(9, await repository.ReadAsync("data/large", content.Length - 9, end));
        Assert.Equal(content[^9..], end[..9]);
    }

    [Fact]
    public async Task Wrong_credentials_and_a_bucket_that_is_none_are_told_without_secrets()
    {
        RepositoryException key = await Assert.ThrowsAsync<RepositoryException>(
            () => S3Repository.OpenAsync(_location, new BasicAWSCredentials("nobody", Secret)));
        RepositoryException bucket = await Assert.ThrowsAsync<RepositoryException>(
            () => S3Repository.OpenAsync(server.Location("no-such-bucket"), server.Credentials));

        Assert.Equal(RepositoryErrorCode.PermissionDenied, key.Code);
        Assert.Equal(RepositoryErrorCode.Unreachable, bucket.Code);
        Assert.Contains("bucket", bucket.Message, StringComparison.Ordinal);
        Assert.All((Exception[])[key, bucket], e => Assert.DoesNotContain(Secret, e.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_dies_is_told_and_what_was_answered_is_there_when_it_is_back()
    {
        await using IRepository repository = await OpenAsync();
        await repository.PutAsync("data/before", new byte[] { 1 });
        Task<bool> during = repository.PutAsync("data/during", new byte[20 << 20]);
        await server.KillAsync();
        try
        {
            await during;
            _output.WriteLine("it was through before the server died");
        }
        catch (RepositoryException failure)
        {
            Assert.Equal(RepositoryErrorCode.Unreachable, failure.Code);
        }

        Assert.Equal(
            RepositoryErrorCode.Unreachable,
            (await Assert.ThrowsAsync<RepositoryException>(() => repository.GetAsync("data/before"))).Code);
        await server.StartAsync();
        Assert.Equal([1], await repository.GetAsync("data/before"));
        await repository.ReplaceAsync("data/during", new byte[] { 2 });
        Assert.Equal([2], await repository.GetAsync("data/during"));
    }

    /// <summary>A server that takes connections and answers nothing, in the middle of a snapshot: who calls it off does not wait for it.</summary>
    [Fact]
    public async Task A_snapshot_into_a_server_that_hangs_is_called_off_and_the_next_one_is_whole()
    {
        await using BackupHost host = await BackupHost.StartAsync(null, new S3Place(_location, server.Credentials));
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        await host.Engine.AppendAsync("s", Rows.Range(0, 2500));
        await using SnapshotRepository repository = await host.OpenAsync();
        await repository.CreateAsync(host.Engine);
        await host.Engine.AppendAsync("s", Rows.Range(2500, 2500));
        await server.SignalAsync("STOP");
        try
        {
            using CancellationTokenSource stop = new(TimeSpan.FromSeconds(1));
            long began = TimeProvider.System.GetTimestamp();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => repository.CreateAsync(host.Engine, null, null, stop.Token));
            Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(30));
            await host.Engine.AppendAsync("s", Rows.Range(5000, 1));
        }
        finally
        {
            await server.SignalAsync("CONT");
        }

        Assert.Empty((await repository.CreateAsync(host.Engine)).Problems);
        Assert.Empty((await repository.VerifyAsync(isFull: true)).Problems);
        Assert.Equal(5001, (await repository.RestoreAsync(host.ToNewDirectory())).RowCount);
    }

    public sealed class OnS3rver(ITestOutputHelper output, S3Server server) : S3RepositoryTests(output, server), IClassFixture<S3Server>;

    public sealed class OnSwift(ITestOutputHelper output, SwiftServer server) : S3RepositoryTests(output, server), IClassFixture<SwiftServer>;
}
