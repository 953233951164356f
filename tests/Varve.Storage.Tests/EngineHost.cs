using Varve.Storage.FileSystem;
using Varve.Testing;

namespace Varve.Storage.Tests;

/// <summary>
/// An engine on a scratch directory that can be closed and opened again, with a log whose pages are small enough to be turned often.
/// </summary>
internal sealed class EngineHost : IAsyncDisposable
{
    private readonly TempDirectory _directory = new("engine");
    private StorageEngine? _engine;

    /// <summary>What <see cref="OpenAsync"/> opens with; changes take effect with the next opening.</summary>
    public StorageOptions Options { get; set; }

    public EngineHost() => Options = new StorageOptions
    {
        Directory = Path.Combine(_directory.Path, "data"),
        TailMemoryLimitBytes = 1L << 30,
        LogSizes = new LogSizes { PageBytes = 64 << 10, MemoryBytes = 512 << 10, SegmentBytes = 1 << 20, ZeroAheadBytes = 0 },
    };

    public StorageEngine Engine => _engine ?? throw new InvalidOperationException("the engine is not open");

    public string Directory => Options.Directory;

    public static async Task<EngineHost> StartAsync(Func<StorageOptions, StorageOptions>? change = null)
    {
        EngineHost host = new();
        try
        {
            if (change is not null)
                host.Options = change(host.Options);
            await host.OpenAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public static async Task<EngineHost> StartAsync(IFileSystem fileSystem) => await StartAsync(o => o with { FileSystem = fileSystem });

    public async Task<StorageEngine> OpenAsync() => _engine = await StorageEngine.OpenAsync(Options);

    public async Task CloseAsync()
    {
        if (_engine is { } engine)
            await engine.DisposeAsync();
        _engine = null;
    }

    public async Task<StorageEngine> ReopenAsync()
    {
        await CloseAsync();
        return await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await CloseAsync();
        }
        finally
        {
            _directory.Dispose();
        }
    }
}
