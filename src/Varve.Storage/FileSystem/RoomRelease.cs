using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Varve.Storage.FileSystem;

/// <summary>
/// Gives the room of large files that have no name any more back to the file system, a piece at a time. Where a file system tells the disk what is free
/// (ext4 and XFS mounted with <c>discard</c>), freeing 256 MiB at once holds up everybody's syncs for a tenth of a second or more; 8 MiB each tenth of a
/// second do not. Any thread.
/// </summary>
internal sealed class RoomRelease
{
    /// <summary>What is freed at a time, at least. A file that is not larger is not worth the trouble.</summary>
    public const long StepBytes = 8 << 20;

    /// <summary>In how many steps, if nothing were added, all would go: the more waits, the more is freed at a time.</summary>
    private const int StepCount = 32;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _stepping = new();
    private readonly ConcurrentQueue<Room> _waiting = [];
    private readonly ITimer _timer;
    private long _waitingBytes;

    public RoomRelease(TimeProvider time) => _timer = time.CreateTimer(_ => Step(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Cuts a file to nothing, by and by, and closes it.</summary>
    /// <param name="file">Open for writing, without a name, and read by nobody. Taken over: the caller's handle is of no use any more.</param>
    /// <param name="path">The name that it had.</param>
    public void Add(SafeFileHandle file, string path)
    {
        // Taken over by its number: the caller may be a finalizer, whose handle is about to be closed by the garbage collector.
        SafeFileHandle taken = new(file.DangerousGetHandle(), ownsHandle: true);
        file.SetHandleAsInvalid();
        Room room = new(taken, path);

        // Counted before a step that is under way can cut it: where it counts for nothing, nobody winds the timer up.
        long bytes = room.Bytes;
        bool isFirst = Interlocked.Add(ref _waitingBytes, bytes) == bytes;
        _waiting.Enqueue(room);
        if (isFirst)
            _timer.Change(Interval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Closes at once the files that were below a directory: that gives back all of them.</summary>
    public void End(string directory)
    {
        string below = directory + Path.DirectorySeparatorChar;
        lock (_stepping)
        {
            for (int i = _waiting.Count; i > 0 && _waiting.TryDequeue(out Room? room); i--)
            {
                if (room.Path.StartsWith(below, StringComparison.Ordinal))
                    Interlocked.Add(ref _waitingBytes, -room.Cut(room.Bytes));
                else
                    _waiting.Enqueue(room);
            }
        }
    }

    private void Step()
    {
        lock (_stepping)
        {
            long budget = Math.Max(StepBytes, Interlocked.Read(ref _waitingBytes) / StepCount);
            while (budget > 0 && _waiting.TryPeek(out Room? room))
            {
                long cut = room.Cut(budget);
                if (room.Bytes == 0)
                    _waiting.TryDequeue(out _);
                budget -= cut;
                Interlocked.Add(ref _waitingBytes, -cut);
            }

            if (Interlocked.Read(ref _waitingBytes) > 0)
                _timer.Change(Interval, Timeout.InfiniteTimeSpan);
        }
    }

    private sealed class Room(SafeFileHandle file, string path)
    {
        public string Path => path;

        public long Bytes { get; private set; } = Math.Max(1, Libc.Seek(file, 0, Libc.SeekEnd));

        /// <summary>Returns by how much; at nothing it is closed. Closing is also what is left where it cannot be cut: that gives back all of it.</summary>
        public long Cut(long upTo)
        {
            long cut = Math.Min(upTo, Bytes);
            if (cut < Bytes && Libc.SetLength(file, Bytes - cut) != 0 && Marshal.GetLastPInvokeError() != Errno.Interrupted)
                cut = Bytes;
            Bytes -= cut;
            if (Bytes == 0)
                file.Dispose();
            return cut;
        }
    }
}
