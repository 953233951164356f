using Varve.Backup.Repositories;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Backup.Tests.Repositories;

/// <summary>What every repository must do. Run on each kind.</summary>
public abstract class RepositoryConformance(ITestOutputHelper output) : IAsyncLifetime
{
    private IRepository? _repository;

    private IRepository Repository => _repository!;

    public async Task InitializeAsync() => _repository = await OpenAsync();

    public async Task DisposeAsync() => await Repository.DisposeAsync();

    /// <summary>The most that the other side lists at once.</summary>
    protected virtual int PageObjectCount => 1000;

    /// <summary>The same repository at each call; empty at first.</summary>
    protected abstract Task<IRepository> OpenAsync();

    /// <summary>One that is not there, or nobody answers for.</summary>
    protected abstract Task<IRepository> OpenUnreachableAsync();

    [Fact]
    public async Task An_object_is_put_once_and_read_back()
    {
        Assert.True(await Repository.PutAsync("data/a1", new byte[] { 1, 2, 3 }));
        Assert.False(await Repository.PutAsync("data/a1", new byte[] { 4 }));
        Assert.Equal([1, 2, 3], await Repository.GetAsync("data/a1"));
        Assert.True(await Repository.PutAsync("empty", ReadOnlyMemory<byte>.Empty));
        Assert.Empty(await Repository.GetAsync("empty"));
    }

    [Fact]
    public async Task An_object_is_replaced()
    {
        await Repository.ReplaceAsync("keyrings/k", new byte[] { 1 });
        await Repository.ReplaceAsync("keyrings/k", new byte[] { 2, 3 });
        Assert.Equal([2, 3], await Repository.GetAsync("keyrings/k"));
        Assert.Equal([("keyrings/k", 2L)], await ListAsync("keyrings/"));
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        await ThrowsAsync(RepositoryErrorCode.NotFound, () => Repository.GetAsync("data/none"));
        await ThrowsAsync(RepositoryErrorCode.NotFound, () => Repository.ReadAsync("data/none", 0, new byte[1]));
        Assert.False(await Repository.DeleteAsync("data/none"));
        Assert.Empty(await ListAsync("data/"));
    }

    [Fact]
    public async Task Ranges_end_where_the_object_ends()
    {
        int seed = TestSeed.Next(output.WriteLine);
        byte[] content = new byte[100_003];
        new Random(seed).NextBytes(content);
        await Repository.PutAsync("data/r", content);
        Assert.Equal(content[..1], await ReadAsync("data/r", 0, 1));
        Assert.Equal(content[777..70_000], await ReadAsync("data/r", 777, 70_000 - 777));
        Assert.Equal(content[^3..], await ReadAsync("data/r", content.Length - 3, 10));
        Assert.Empty(await ReadAsync("data/r", content.Length, 10));
        Assert.Empty(await ReadAsync("data/r", content.Length + 10, 10));
    }

    [Fact]
    public async Task A_deleted_object_is_gone_and_may_come_again()
    {
        await Repository.PutAsync("data/d", new byte[] { 1 });
        Assert.True(await Repository.DeleteAsync("data/d"));
        Assert.False(await Repository.DeleteAsync("data/d"));
        await ThrowsAsync(RepositoryErrorCode.NotFound, () => Repository.GetAsync("data/d"));
        Assert.True(await Repository.PutAsync("data/d", new byte[] { 2 }));
        Assert.Equal([2], await Repository.GetAsync("data/d"));
    }

    [Fact]
    public async Task Objects_are_listed_by_folder_and_prefix_in_order()
    {
        foreach (string name in (string[])["data/b2", "data/a", "data/b1", "snapshots/b", "data-b/x", "plain"])
            await Repository.PutAsync(name, new byte[name.Length]);
        Assert.Equal([("data/a", 6L), ("data/b1", 7), ("data/b2", 7)], await ListAsync("data/"));
        Assert.Equal([("data/b1", 7L), ("data/b2", 7)], await ListAsync("data/b"));
        Assert.Empty(await ListAsync("data/c"));
        Assert.Empty(await ListAsync("none/"));
    }

    [Fact]
    public async Task More_objects_are_listed_than_a_page_has()
    {
        string[] names = [.. Enumerable.Range(0, PageObjectCount + 50).Select(i => $"data/{i:d5}")];
        await Parallel.ForEachAsync(names, async (name, cancellation) => await Repository.PutAsync(name, new byte[] { 1 }, cancellation));
        Assert.Equal(names, (await ListAsync("data/")).Select(o => o.Name));
    }

    [Fact]
    public async Task Of_many_that_put_one_name_at_once_one_does()
    {
        for (int round = 0; round < 20; round++)
        {
            string name = $"data/race-{round}";
            bool[] done = await Task.WhenAll(Enumerable.Range(1, 6).Select(i => Repository.PutAsync(name, Enumerable.Repeat((byte)i, 5000).ToArray())));
            int winner = Array.IndexOf(done, true);
            Assert.Single(done, d => d);
            Assert.Equal(Enumerable.Repeat((byte)(winner + 1), 5000), await Repository.GetAsync(name));
        }
    }

    [Fact]
    public async Task Another_opening_finds_what_was_put()
    {
        await Repository.PutAsync("data/x", new byte[] { 9 });
        await using IRepository other = await OpenAsync();
        Assert.Equal([9], await other.GetAsync("data/x"));
        Assert.True(await other.PutAsync("data/y", new byte[] { 8 }));
        Assert.Equal([8], await Repository.GetAsync("data/y"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a/b/c")]
    [InlineData("../a")]
    [InlineData("a.new")]
    [InlineData("A")]
    public async Task Names_that_are_none_are_refused(string name)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Repository.PutAsync(name, new byte[] { 1 }));
        await Assert.ThrowsAsync<ArgumentException>(() => Repository.GetAsync(name));
    }

    [Fact]
    public async Task One_that_is_not_there_says_so()
    {
        RepositoryException failure = await Assert.ThrowsAsync<RepositoryException>(async () =>
        {
            await using IRepository none = await OpenUnreachableAsync();
            await none.PutAsync("data/a", new byte[] { 1 });
        });
        Assert.True(failure.Code is RepositoryErrorCode.Unreachable or RepositoryErrorCode.NotFound, failure.Message);
    }

    private async Task<List<(string Name, long LengthBytes)>> ListAsync(string prefix)
    {
        List<(string, long)> found = [];
        await foreach (RepositoryObject item in Repository.ListAsync(prefix))
            found.Add((item.Name, item.LengthBytes));
        return found;
    }

    private async Task<byte[]> ReadAsync(string name, long offset, int byteCount)
    {
        byte[] buffer = new byte[byteCount];
        return buffer[..await Repository.ReadAsync(name, offset, buffer)];
    }

    private static async Task ThrowsAsync(RepositoryErrorCode code, Func<Task> action) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<RepositoryException>(action)).Code);
}
