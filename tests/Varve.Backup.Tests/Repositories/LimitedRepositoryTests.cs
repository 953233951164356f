using Varve.Backup.Repositories;
using Varve.Storage;
using Varve.Storage.Tests;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Backup.Tests.Repositories;

/// <summary>A repository behind a limit is a repository; and by a clock that moves only for those who wait, what is moved takes its time and no longer.</summary>
public sealed class LimitedRepositoryTests(ITestOutputHelper output) : RepositoryConformance(output), IDisposable
{
    private const long BytesPerSecond = 100_000;

    private readonly TempDirectory _directory = new("limited");
    private readonly WaitingTime _time = new();

    public void Dispose() => _directory.Dispose();

    protected override async Task<IRepository> OpenAsync() => Limited(await DirectoryRepository.OpenAsync(_directory.File("repo")));

    protected override async Task<IRepository> OpenUnreachableAsync() => Limited(await DirectoryRepository.OpenAsync(_directory.File("none", "repo")));

    [Fact]
    public async Task A_snapshot_its_restores_and_its_verification_take_as_long_as_their_bytes()
    {
        await using BackupHost host = await BackupHost.StartAsync();
        await host.Engine.CreateStreamAsync("s", Rows.Schema);
        var random = new Random(1);
        for (int i = 0; i < 8; i++)
        {
            await host.Engine.AppendAsync("s", Rows.Of([.. Enumerable.Range(0, 2500).Select(_ => random.NextInt64())]));
            await host.Engine.FlushAsync("s");
        }

        var counted = new CountedRepository(await host.Place.OpenAsync());
        await using SnapshotRepository repository = await SnapshotRepository.OpenAsync(Limited(counted), RootKeySource.FromFile(host.KeyPath), makes: true);
        await repository.CreateAsync(host.Engine);
        AssertTook(counted.Bytes);
        await repository.RestoreAsync(host.ToNewDirectory());
        AssertTook(counted.Bytes);
        await repository.RestoreStreamAsync(host.Engine, new StreamRestoreOptions { Stream = "s", Name = "t" });
        AssertTook(counted.Bytes);
        Assert.Empty((await repository.VerifyAsync(isFull: true)).Problems);
        AssertTook(counted.Bytes);
        Assert.InRange(counted.Bytes, 400_000, long.MaxValue);
    }

    private LimitedRepository Limited(IRepository inner) => new(inner, new RateLimit(BytesPerSecond, _time));

    /// <summary>Waits are in whole milliseconds; what is left of one is waited for with the next.</summary>
    private void AssertTook(long bytes) => Assert.InRange(_time.Waited.TotalSeconds, ((double)bytes / BytesPerSecond) - 0.002, ((double)bytes / BytesPerSecond) + 0.001);

    /// <summary>Moves on to when somebody waits for, at once.</summary>
    private sealed class WaitingTime : TimeProvider
    {
        private readonly Lock _gate = new();
        private long _ticks;

        public TimeSpan Waited => new(GetTimestamp());

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp()
        {
            lock (_gate)
                return _ticks;
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            lock (_gate)
                _ticks += dueTime.Ticks;
            return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Counts what is moved.</summary>
    private sealed class CountedRepository(IRepository inner) : IRepository
    {
        private long _bytes;

        public long Bytes => Interlocked.Read(ref _bytes);

        public string Description => inner.Description;

        public async Task<bool> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
        {
            bool isPut = await inner.PutAsync(name, content, cancellationToken);
            Interlocked.Add(ref _bytes, isPut ? content.Length : 0);
            return isPut;
        }

        public async Task ReplaceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
        {
            await inner.ReplaceAsync(name, content, cancellationToken);
            Interlocked.Add(ref _bytes, content.Length);
        }

        public async Task<byte[]> GetAsync(string name, CancellationToken cancellationToken = default)
        {
            byte[] content = await inner.GetAsync(name, cancellationToken);
            Interlocked.Add(ref _bytes, content.Length);
            return content;
        }

        public async Task<int> ReadAsync(string name, long offset, Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await inner.ReadAsync(name, offset, buffer, cancellationToken);
            Interlocked.Add(ref _bytes, read);
            return read;
        }

        public IAsyncEnumerable<RepositoryObject> ListAsync(string prefix, CancellationToken cancellationToken = default) =>
            inner.ListAsync(prefix, cancellationToken);

        public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default) => inner.DeleteAsync(name, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
