using Varve.Backup.Repositories;

namespace Varve.Backup.Tests.Places;

/// <summary>Where the repository of a test lies, and what lies there, behind the back of the code that is tested. Any thread.</summary>
public abstract class RepositoryPlace : IAsyncDisposable
{
    /// <summary>The same one at each call.</summary>
    public abstract Task<IRepository> OpenAsync();

    /// <summary>The names of all that lies there, in ordinal order, but for what is no object.</summary>
    public abstract Task<IReadOnlyList<string>> NamesAsync();

    public abstract Task<byte[]> ReadAsync(string name);

    public abstract Task WriteAsync(string name, byte[] content);

    public abstract Task DeleteAsync(string name);

    public abstract ValueTask DisposeAsync();

    /// <summary>All that lies there.</summary>
    public async Task<IReadOnlyDictionary<string, byte[]>> ReadAllAsync()
    {
        SortedDictionary<string, byte[]> all = new(StringComparer.Ordinal);
        foreach (string name in await NamesAsync())
            all.Add(name, await ReadAsync(name));
        return all;
    }

    /// <summary>Has it hold just that.</summary>
    public async Task ResetAsync(IReadOnlyDictionary<string, byte[]> content)
    {
        IReadOnlyDictionary<string, byte[]> there = await ReadAllAsync();
        foreach (string name in there.Keys.Where(n => !content.ContainsKey(n)))
            await DeleteAsync(name);
        foreach ((string name, byte[] bytes) in content.Where(c => !there.TryGetValue(c.Key, out byte[]? found) || !found.AsSpan().SequenceEqual(c.Value)))
            await WriteAsync(name, bytes);
    }
}
