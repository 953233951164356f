using System.Runtime.CompilerServices;

namespace Varve.Backup.Repositories;

/// <summary>
/// A repository whose objects come and go no faster than a limit, object by object: one that was moved is paid for before the next may be. What a
/// repository reads back of what it wrote is not counted. Any thread.
/// </summary>
/// <param name="inner">Belongs to this one.</param>
/// <param name="limit">May be shared with others.</param>
public sealed class LimitedRepository(IRepository inner, RateLimit limit) : IRepository
{
    public string Description => inner.Description;

    public async Task<bool> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        bool isPut = await inner.PutAsync(name, content, cancellationToken).ConfigureAwait(false);
        if (isPut)
            await limit.TakeAsync(content.Length, cancellationToken).ConfigureAwait(false);
        return isPut;
    }

    public async Task ReplaceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        await inner.ReplaceAsync(name, content, cancellationToken).ConfigureAwait(false);
        await limit.TakeAsync(content.Length, cancellationToken).ConfigureAwait(false);
    }

    public Task<byte[]> GetAsync(string name, CancellationToken cancellationToken = default) =>
        PaidAsync(inner.GetAsync(name, cancellationToken), cancellationToken);

    public Task<byte[]> GetRangeAsync(string name, long offset, int byteCount, CancellationToken cancellationToken = default) =>
        PaidAsync(inner.GetRangeAsync(name, offset, byteCount, cancellationToken), cancellationToken);

    public async IAsyncEnumerable<RepositoryObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (RepositoryObject item in inner.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
            yield return item;
    }

    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default) => inner.DeleteAsync(name, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async Task<byte[]> PaidAsync(Task<byte[]> getting, CancellationToken cancellationToken)
    {
        byte[] content = await getting.ConfigureAwait(false);
        await limit.TakeAsync(content.Length, cancellationToken).ConfigureAwait(false);
        return content;
    }
}
