using Varve.Testing;
using Varve.Testing.Processes;

namespace Varve.EndToEnd.Tests.CommandLine;

/// <summary>One daemon process for the tests of a class, and a scratch directory.</summary>
public sealed class SharedDaemon : IAsyncLifetime, IAsyncDisposable
{
    private readonly TempDirectory _directory = new("shared-daemon");

    public VarveDaemon Daemon { get; private set; } = null!;

    public string File(string name) => _directory.File(name);

    public async Task InitializeAsync() => Daemon = await VarveDaemon.StartAsync(_directory.File("data"));

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        _directory.Dispose();
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();
}
