using FASTER.core;
using Varve.Storage.FileSystem;

namespace Varve.Storage.Log;

/// <summary>
/// FASTER's disk. FASTER hands writes in from any thread; they wait here until the one thread that commits carries them out, all that wait with one
/// sync, and only then reports them done. It never creates a file by reading, never shortens a read, and reports every failure.
/// </summary>
internal sealed class LogDevice : StorageDeviceBase
{
    private readonly LogFiles _files;
    private readonly ZeroFill _zeroFill;
    private readonly Action _wake;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, OpenLogFile> _open = [];
    private readonly HashSet<OpenLogFile> _written = [];
    private List<PendingWrite> _queued = [];
    private List<PendingWrite> _running = [];

    public LogDevice(LogFiles files, ZeroFill zeroFill, Action wake)
        : base(files.PathOf(0), OpenLogFile.BlockBytes, Devices.CAPACITY_UNSPECIFIED)
    {
        _files = files;
        _zeroFill = zeroFill;
        _wake = wake;
    }

    private readonly record struct PendingWrite(IntPtr Source, int File, long Offset, int Bytes, DeviceIOCompletionCallback Done, object Context);

    public override void WriteAsync(
        IntPtr sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context)
    {
        lock (_gate)
            _queued.Add(new PendingWrite(sourceAddress, segmentId, (long)destinationAddress, (int)numBytesToWrite, callback, context));
        _wake();
    }

    /// <summary>
    /// Carries out what waits, syncs the files once, and reports it done; what is handed in meanwhile waits for the next call. Returns the bytes
    /// written. The committing thread only.
    /// </summary>
    public long WriteQueued()
    {
        lock (_gate)
            (_queued, _running) = (_running, _queued);
        if (_running.Count == 0)
            return 0;
        long bytes = 0;
        try
        {
            foreach (PendingWrite write in _running)
            {
                Write(write);
                bytes += write.Bytes;
            }

            foreach (OpenLogFile file in _written)
                file.SyncData();
            foreach (OpenLogFile file in _written)
                file.RequireInPlace();
        }
        catch (Exception failure)
        {
            Report(failure.HResult == 0 ? uint.MaxValue : (uint)failure.HResult);
            throw;
        }

        Report(error: 0);
        CloseOldFiles();
        return bytes;
    }

    public override unsafe void ReadAsync(
        int segmentId, ulong sourceAddress, IntPtr destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context)
    {
        using IFile file = _files.Open(segmentId, forWriting: false);
        int read = file.Read(new Span<byte>((void*)destinationAddress, (int)readLength), LogFileHeader.BlockBytes + (long)sourceAddress);
        if (read < readLength)
            throw LogDamage.InFile(file.Path, LogFileHeader.BlockBytes + (long)sourceAddress + read, "the file ends within a page");
        callback(0, readLength, context);
    }

    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result) =>
        throw new NotSupportedException("the log keeps all of its entries");

    public override void Dispose()
    {
        foreach (OpenLogFile file in _open.Values)
            file.Dispose();
        _open.Clear();
    }

    private unsafe void Write(PendingWrite write)
    {
        long start = (write.File * _files.Layout.SegmentBytes) + write.Offset;
        _zeroFill.Claim(start, start + write.Bytes);
        if (!_open.TryGetValue(write.File, out OpenLogFile? file))
        {
            _files.Ensure(write.File);
            file = _files.OpenForWriting(write.File);
            _open.Add(write.File, file);
        }

        file.Write(new ReadOnlySpan<byte>((void*)write.Source, write.Bytes), LogFileHeader.BlockBytes + write.Offset);
        _written.Add(file);
    }

    private void Report(uint error)
    {
        _written.Clear();
        foreach (PendingWrite write in _running)
            write.Done(error, error == 0 ? (uint)write.Bytes : 0, write.Context);
        _running.Clear();
    }

    // Writes go on in the newest file; one before it may still get the rest of its last page.
    private void CloseOldFiles()
    {
        while (_open.Count > 2)
        {
            (long number, OpenLogFile oldest) = _open.First();
            _open.Remove(number);
            oldest.Dispose();
        }
    }
}
