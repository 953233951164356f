using System.Runtime.CompilerServices;
using Varve.Storage.FileSystem;
using Varve.Testing;

namespace Varve.Storage.Tests.FileSystem;

public sealed class RoomReleaseTests : IDisposable
{
    private const long Step = RoomRelease.StepBytes;

    private readonly TempDirectory _directory = new("rooms");
    private readonly FiredTimer _time = new();
    private readonly LinuxFileSystem _fileSystem;

    public RoomReleaseTests() => _fileSystem = new LinuxFileSystem(new RoomRelease(_time));

    public void Dispose()
    {
        _time.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void A_large_file_without_a_name_is_cut_a_step_at_a_time()
    {
        string path = Make("a", (3 * Step) + 1);
        using IFile open = _fileSystem.OpenRead(path);
        _fileSystem.Delete(path);
        Assert.False(File.Exists(path));
        Assert.Equal((3 * Step) + 1, open.Length);
        foreach (long expected in (long[])[(2 * Step) + 1, Step + 1, 1])
        {
            Assert.True(_time.Fire());
            Assert.Equal(expected, open.Length);
        }

        Assert.True(_time.Fire());
        Assert.False(_time.Fire());
        Assert.Equal(1, OpenCount(path));
    }

    [Fact]
    public void The_more_waits_the_more_is_freed_at_a_time()
    {
        for (int i = 0; i < 10; i++)
            _fileSystem.Delete(Make($"{i}", 64 * Step));
        int steps = 0;
        while (_time.Fire())
            steps++;
        Assert.InRange(steps, 64, 200);
    }

    [Fact]
    public void A_small_file_goes_at_once()
    {
        string path = Make("a", Step);
        _fileSystem.Delete(path);
        Assert.False(_time.Fire());
        Assert.Equal(0, OpenCount(path));
    }

    [Fact]
    public void A_file_with_another_name_keeps_all_of_it()
    {
        string path = Make("a", 2 * Step);
        Assert.True(_fileSystem.TryLink(path, _directory.File("b")));
        _fileSystem.Delete(path);
        Assert.False(_time.Fire());
        Assert.Equal(2 * Step, new FileInfo(_directory.File("b")).Length);
        Assert.Equal(0, OpenCount(path));
    }

    [Fact]
    public void A_file_that_is_read_on_is_cut_when_its_reader_is_disposed()
    {
        string path = Make("a", 2 * Step);
        using IFile other = _fileSystem.OpenRead(path);
        IFile reader = _fileSystem.OpenRead(path);
        _fileSystem.Delete(path, reader);
        Assert.False(_time.Fire());
        reader.Dispose();
        Assert.True(_time.Fire());
        Assert.Equal(Step, other.Length);
    }

    [Fact]
    public void A_file_that_is_read_on_is_cut_when_its_reader_is_collected()
    {
        string path = Make("a", 2 * Step);
        using IFile other = _fileSystem.OpenRead(path);
        DeleteWithReader(path);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.True(_time.Fire());
        Assert.Equal(Step, other.Length);
        Assert.True(_time.Fire());
        Assert.Equal(1, OpenCount(path));
    }

    [Fact]
    public void What_was_deleted_below_a_directory_goes_at_once_where_that_is_wanted()
    {
        foreach (string name in (string[])["one", "one/log", "one-b"])
            Directory.CreateDirectory(_directory.File(name));
        string[] ended = [Make("one/a", 2 * Step), Make("one/log/b", 2 * Step)];
        string other = Make("one-b/c", 2 * Step);
        foreach (string path in ended.Append(other))
            _fileSystem.Delete(path);
        _fileSystem.EndDeletes(_directory.File("one"));
        Assert.All(ended, path => Assert.Equal(0, OpenCount(path)));
        Assert.Equal(1, OpenCount(other));

        // What it was counted for does not hold up the rest, nor keep the timer wound up.
        Assert.True(_time.Fire());
        Assert.True(_time.Fire());
        Assert.False(_time.Fire());
        Assert.Equal(0, OpenCount(other));
        _fileSystem.Delete(Make("one/a", 2 * Step));
        Assert.True(_time.Fire());
    }

    [Fact]
    public void What_cannot_be_deleted_stays_as_it_is()
    {
        IOException error = Assert.Throws<IOException>(() => _fileSystem.Delete(_directory.File("a")));
        Assert.Equal(Errno.NoEntry, error.HResult);
        Assert.False(_time.Fire());
    }

    // A method of its own, so that no local variable keeps the reader.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void DeleteWithReader(string path) => _fileSystem.Delete(path, _fileSystem.OpenRead(path));

    private string Make(string name, long bytes)
    {
        using IFile file = _fileSystem.Create(_directory.File(name));
        file.SetLength(bytes);
        return file.Path;
    }

    private static int OpenCount(string path) => Directory.EnumerateFiles("/proc/self/fd")
        .Count(entry => new FileInfo(entry).LinkTarget?.StartsWith(path, StringComparison.Ordinal) == true);

    /// <summary>A clock whose one timer goes off when told to, if it is wound up.</summary>
    private sealed class FiredTimer : TimeProvider, ITimer
    {
        private Action? _callback;
        private bool _isWound;

        /// <summary>False where it is not wound up.</summary>
        public bool Fire()
        {
            if (!_isWound)
                return false;
            _isWound = false;
            _callback!();
            return true;
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _callback = () => callback(state);
            return this;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _isWound = dueTime != Timeout.InfiniteTimeSpan;
            return true;
        }

        public void Dispose() => _isWound = false;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
