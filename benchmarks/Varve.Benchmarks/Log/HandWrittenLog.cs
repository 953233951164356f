using System.Buffers.Binary;
using Varve.Storage.FileSystem;
using Varve.Storage.Log;

namespace Varve.Benchmarks.Log;

/// <summary>
/// What the log is measured against: the least that makes appends durable in groups. Appenders copy into the filling one of two buffers; a thread
/// swaps the buffers, writes the full one to zero-filled files that are used in turn, syncs, and acknowledges. It frames and checksums each record
/// but can't recover.
/// </summary>
internal sealed class HandWrittenLog : IDurableTarget
{
    private const int BufferBytes = 8 << 20;
    private const int FileBytes = 256 << 20;
    private const int FileCount = 2;
    private const int Sector = 4096;
    private const int HeaderBytes = 16;

    private readonly object _gate = new();
    private readonly IFile[] _files;
    private readonly Thread _writer;
    private Group _filling = new();
    private Group _flushing = new();
    private long _sequence;
    private bool _closing;

    public HandWrittenLog(string directory)
    {
        LinuxFileSystem.Instance.CreateDirectory(directory);
        _files = [.. Enumerable.Range(0, FileCount).Select(i => ZeroFilled(Path.Combine(directory, $"{i}.log")))];
        _writer = new Thread(Run) { IsBackground = true };
        _writer.Start();
    }

    private sealed class Group
    {
        public byte[] Buffer { get; } = GC.AllocateArray<byte>(BufferBytes, pinned: true);

        public int Used { get; set; }

        public TaskCompletionSource Done { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public async Task AppendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (true)
        {
            bool taken = TryTake(bytes.Span, out Task done);
            await done.ConfigureAwait(false);
            if (taken)
                return;
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.Pulse(_gate);
        }

        _writer.Join();
        foreach (IFile file in _files)
            file.Dispose();
        return ValueTask.CompletedTask;
    }

    private bool TryTake(ReadOnlySpan<byte> bytes, out Task done)
    {
        lock (_gate)
        {
            Group group = _filling;
            done = group.Done.Task;
            int need = (HeaderBytes + bytes.Length + 7) & -8;
            if (group.Used + need > BufferBytes)
                return false;
            Span<byte> record = group.Buffer.AsSpan(group.Used, need);
            BinaryPrimitives.WriteInt32LittleEndian(record[4..], bytes.Length);
            BinaryPrimitives.WriteInt64LittleEndian(record[8..], ++_sequence);
            bytes.CopyTo(record[HeaderBytes..]);
            BinaryPrimitives.WriteUInt32LittleEndian(record, Crc32C.Compute(record[4..(HeaderBytes + bytes.Length)]));
            if (group.Used == 0)
                Monitor.Pulse(_gate);
            group.Used += need;
            return true;
        }
    }

    private void Run()
    {
        int file = 0;
        long offset = 0;
        while (Swap())
        {
            int length = (_flushing.Used + Sector - 1) & -Sector;
            if (offset + length > FileBytes)
                (file, offset) = ((file + 1) % FileCount, 0);
            _flushing.Buffer.AsSpan(_flushing.Used, length - _flushing.Used).Clear();
            _files[file].Write(_flushing.Buffer.AsSpan(0, length), offset);
            _files[file].SyncData();
            offset += length;
            _flushing.Used = 0;
            TaskCompletionSource done = _flushing.Done;
            _flushing.Done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            done.SetResult();
        }
    }

    private bool Swap()
    {
        lock (_gate)
        {
            while (_filling.Used == 0 && !_closing)
                Monitor.Wait(_gate);
            (_filling, _flushing) = (_flushing, _filling);
            return _flushing.Used > 0;
        }
    }

    private static IFile ZeroFilled(string path)
    {
        IFile file = LinuxFileSystem.Instance.Create(path);
        var zeros = new byte[1 << 20];
        for (long at = 0; at < FileBytes; at += zeros.Length)
            file.Write(zeros, at);
        file.Sync();
        return file;
    }
}
