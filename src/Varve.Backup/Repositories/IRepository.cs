namespace Varve.Backup.Repositories;

/// <summary>
/// Where snapshots lie: named objects that are written whole, read whole or in ranges, listed and deleted. It knows nothing of what is in them; all of
/// it is sealed before it comes here. Names are as <see cref="ObjectName"/> says. Any number of calls at once, from any thread.
/// </summary>
/// <remarks>
/// Every call throws <see cref="RepositoryException"/> where it fails, and retries inside what is worth retrying; whoever calls does not. One
/// conformance suite (tests/Varve.Backup.Tests/Repositories) says what every implementation does.
/// </remarks>
public interface IRepository : IAsyncDisposable
{
    /// <summary>For messages: where it is, without credentials.</summary>
    string Description { get; }

    /// <summary>Whether others want disk and processors at the moment, so that work on this should not be in their way.</summary>
    bool GivesWay => false;

    /// <summary>
    /// Stores an object where none of that name is: of any number of calls for one name, one does. When it completes, the object is durable and what
    /// the store holds was compared with the content. When it fails, the object is there whole or not at all, and the content may still be read.
    /// </summary>
    /// <returns>False where an object of that name was there, whatever is in it; it is unchanged.</returns>
    Task<bool> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default);

    /// <summary>
    /// The same, and an object of that name is replaced: readers find the old content or the new one, never a mixture. When it fails, either is there.
    /// </summary>
    Task ReplaceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default);

    /// <summary>The whole content. Throws <see cref="RepositoryErrorCode.NotFound"/>.</summary>
    Task<byte[]> GetAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>
    /// Fills memory with the bytes from a place on. Returns how many there are: fewer than asked for where the object ends before, none where it ends
    /// before the place. Throws <see cref="RepositoryErrorCode.NotFound"/>. Where it fails or is cancelled, the memory may still be written to.
    /// </summary>
    Task<int> ReadAsync(string name, long offset, Memory<byte> buffer, CancellationToken cancellationToken = default);

    /// <summary>
    /// The objects of a folder, in the ordinal order of their names, fetched in pages as they are asked for. Empty where there are none. Objects that
    /// come or go meanwhile may be listed or not.
    /// </summary>
    /// <param name="prefix">A folder with its slash and perhaps the beginning of names in it: <c>data/</c> or <c>data/0f</c>.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    IAsyncEnumerable<RepositoryObject> ListAsync(string prefix, CancellationToken cancellationToken = default);

    /// <summary>Deletes an object for good. False where there was none.</summary>
    Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default);
}
