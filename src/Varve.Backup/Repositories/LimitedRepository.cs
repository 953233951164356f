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

    public bool GivesWay => inner.GivesWay;

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

    public async Task<byte[]> GetAsync(string name, CancellationToken cancellationToken = default)
    {
        byte[] content = await inner.GetAsync(name, cancellationToken).ConfigureAwait(false);
        await limit.TakeAsync(content.Length, cancellationToken).ConfigureAwait(false);
        return content;
    }

    public async Task<int> ReadAsync(string name, long offset, Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await inner.ReadAsync(name, offset, buffer, cancellationToken).ConfigureAwait(false);
        await limit.TakeAsync(read, cancellationToken).ConfigureAwait(false);
        return read;
    }

    public async IAsyncEnumerable<RepositoryObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (RepositoryObject item in inner.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
            yield return item;
    }

    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default) => inner.DeleteAsync(name, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
