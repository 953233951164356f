using Varve.Arrow;
using Varve.Storage;
using Varve.Testing;

namespace Varve.Query.Tests.Fixtures;

/// <summary>A storage engine on a scratch directory with a query engine over it.</summary>
public sealed class QueryFixture : IAsyncLifetime, IDisposable
{
    private readonly TempDirectory _directory = new("query");

    public StorageEngine Storage { get; private set; } = null!;

    public QueryEngine Engine { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Storage = await StorageEngine.OpenAsync(new StorageOptions { Directory = _directory.Path }, CancellationToken.None);
        Engine = new QueryEngine(Storage, new QueryOptions { ThreadCount = 2, MemoryLimitBytes = 512 << 20 });
    }

    public async Task DisposeAsync()
    {
        Engine.Dispose();
        await Storage.DisposeAsync();
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>Creates a stream with the batch's schema and appends the batch.</summary>
    public async Task CreateAsync(string name, RecordBatch batch)
    {
        await Storage.CreateStreamAsync(name, batch.Schema, CancellationToken.None);
        await Storage.AppendAsync(name, batch, CancellationToken.None);
    }
}
