using Microsoft.Extensions.Logging.Abstractions;
using Varve.Storage.FileSystem;
using Varve.Storage.Log;
using Varve.Storage.Tests.FileSystem;

namespace Varve.Storage.Tests.Log;

public sealed class ZeroFillTests : IDisposable
{
    private const long FileBytes = 4 << 20;
    private const int Block = 4096;

    private readonly FaultyFileSystem _fileSystem = new();
    private readonly LogFiles _files;
    private readonly SemaphoreSlim _reached = new(0);
    private readonly SemaphoreSlim _released = new(0);
    private bool _holdsUp = true;

    public ZeroFillTests()
    {
        _files = new LogFiles(_fileSystem, FaultyFileSystem.Root, new LogFileHeader(LogFileKind.Control, Guid.NewGuid(), 0, FileBytes, Block));
        _files.Ensure(0);
        _files.Ensure(1);
        _fileSystem.Before = call =>
        {
            if (call == "pwritev" && Volatile.Read(ref _holdsUp))
            {
                _reached.Release();
                _released.Wait();
            }
        };
    }

    public void Dispose()
    {
        _reached.Dispose();
        _released.Dispose();
    }

    [Fact]
    public async Task A_write_waits_for_zeros_in_its_range_even_when_one_further_on_came_first()
    {
        ZeroFill fill = Start();
        await _reached.WaitAsync();
        // The first mebibyte is being filled. What lies behind it is free.
        fill.Claim(2 << 20, 3 << 20);
        Task overlapping = Task.Run(() => fill.Claim(Block, 1 << 20));
        Task<bool> waits = Task.Run(() => overlapping.Wait(TimeSpan.FromMilliseconds(100)));
        Assert.False(await waits);
        Volatile.Write(ref _holdsUp, false);
        _released.Release();
        await overlapping;
        await fill.StopAsync();
    }

    [Fact]
    public async Task Zeros_never_reach_what_was_claimed()
    {
        Write(0, 2 * FileBytes);
        ZeroFill fill = Start();
        await _reached.WaitAsync();
        fill.Claim(2 << 20, 5 << 20);
        Volatile.Write(ref _holdsUp, false);
        _released.Release();
        while (Read(6 << 20) != 0)
        {
            fill.Advance(5 << 20);
            await Task.Yield();
        }

        await fill.StopAsync();
        Assert.Equal(0, Read(0));
        Assert.Equal(0, Read((1 << 20) - 1));
        Assert.Equal(7, Read(2 << 20));
        Assert.Equal(7, Read((5 << 20) - 1));
        Assert.Equal(0, Read(5 << 20));
    }

    [Fact]
    public async Task A_disk_that_fails_ends_the_zeros_and_nothing_else()
    {
        _fileSystem.Fault = new Fault(1, Errno.NoSpace, ForEver: true, "pwritev");
        Volatile.Write(ref _holdsUp, false);
        ZeroFill fill = Start();
        while (!_fileSystem.Fault.Struck)
            await Task.Yield();
        fill.Claim(0, FileBytes);
        await fill.StopAsync();
    }

    private ZeroFill Start()
    {
        var fill = new ZeroFill(_files, 8 << 20, 8 << 20, NullLogger.Instance);
        fill.Advance(0);
        return fill;
    }

    private void Write(long address, long bytes)
    {
        Volatile.Write(ref _holdsUp, false);
        for (long at = address; at < address + bytes; at += FileBytes)
        {
            using IFile file = _files.Open(_files.Layout.File(at), forWriting: true);
            file.Write([.. Enumerable.Repeat((byte)7, (int)FileBytes)], _files.Layout.OffsetInFile(at));
        }

        Volatile.Write(ref _holdsUp, true);
    }

    private byte Read(long address)
    {
        using IFile file = _files.Open(_files.Layout.File(address), forWriting: false);
        var one = new byte[1];
        file.Read(one, _files.Layout.OffsetInFile(address));
        return one[0];
    }
}
