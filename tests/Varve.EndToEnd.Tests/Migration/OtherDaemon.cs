using Varve.Testing;
using Varve.Testing.Processes;

namespace Varve.EndToEnd.Tests.Migration;

/// <summary>A second daemon process for the tests of a class.</summary>
public sealed class OtherDaemon : IAsyncLifetime, IAsyncDisposable
{
    private readonly TempDirectory _directory = new("other-daemon");

    public VarveDaemon Daemon { get; private set; } = null!;

    public async Task InitializeAsync() => Daemon = await VarveDaemon.StartAsync(_directory.File("data"));

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        _directory.Dispose();
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();
}
