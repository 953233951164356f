using System.Runtime.InteropServices;
using Varve.Storage.FileSystem;

namespace Varve.Storage.Tests.FileSystem;

/// <summary>What every file system behind the seam must do. Run on the real one and on the simulated one.</summary>
public abstract class FileSystemConformance
{
    private protected abstract IFileSystem FileSystem { get; }

    /// <summary>An existing, empty directory.</summary>
    private protected abstract string Root { get; }

    [Fact]
    public void A_file_is_created_once_and_then_opened()
    {
        Assert.False(FileSystem.FileExists(At("a")));
        Assert.Equal(Errno.NoEntry, Assert.Throws<IOException>(() => FileSystem.Open(At("a"))).HResult);
        Assert.Equal(Errno.NoEntry, Assert.Throws<IOException>(() => FileSystem.OpenRead(At("a"))).HResult);
        using (IFile file = FileSystem.Create(At("a")))
        {
            Assert.Equal(At("a"), file.Path);
            Assert.Equal(0, file.Length);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.Mode);
        }

        Assert.True(FileSystem.FileExists(At("a")));
        IOException again = Assert.Throws<IOException>(() => FileSystem.Create(At("a")));
        Assert.Equal(Errno.Exists, again.HResult);
        Assert.Contains(At("a"), again.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_are_read_where_they_were_written_and_zeros_between()
    {
        using IFile file = FileSystem.Create(At("a"));
        file.Write([1, 2, 3], 0);
        file.Write([4, 5], 10);
        Assert.Equal(12, file.Length);
        var buffer = new byte[20];
        Assert.Equal(12, file.Read(buffer, 0));
        Assert.Equal([1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 4, 5, 0], buffer[..13]);
        Assert.Equal(1, file.Read(buffer, 11));
        Assert.Equal(0, file.Read(buffer, 12));
        Assert.Equal(0, file.Read(buffer, 1000));
        file.SyncData();
        file.Sync();
        using IFile reader = FileSystem.OpenRead(At("a"));
        Assert.Equal(2, reader.Read(buffer.AsSpan(0, 2), 1));
        Assert.Equal([2, 3], buffer[..2]);
        Assert.Equal(Errno.BadDescriptor, Assert.Throws<IOException>(() => reader.Write([9], 0)).HResult);
    }

    [Fact]
    public void Two_pieces_are_written_one_behind_the_other()
    {
        using IFile file = FileSystem.Create(At("a"));
        file.Write([1, 2], [3, 4, 5], 1);
        file.Write([], [6], 6);
        file.Write([7], [], 0);
        var buffer = new byte[8];
        Assert.Equal(7, file.Read(buffer, 0));
        Assert.Equal([7, 1, 2, 3, 4, 5, 6], buffer[..7]);
    }

    [Fact]
    public void A_length_is_cut_and_grown_with_zeros()
    {
        using IFile file = FileSystem.Create(At("a"));
        file.Write([1, 2, 3, 4], 0);
        file.SetLength(2);
        file.SetLength(4);
        var buffer = new byte[8];
        Assert.Equal(4, file.Read(buffer, 0));
        Assert.Equal([1, 2, 0, 0], buffer[..4]);
    }

    [Fact]
    public void Two_descriptors_see_each_others_writes()
    {
        using IFile first = FileSystem.Create(At("a"));
        using IFile second = FileSystem.Open(At("a"));
        first.Write([7], 0);
        second.Write([8], 1);
        var buffer = new byte[2];
        Assert.Equal(2, first.Read(buffer, 0));
        Assert.Equal([7, 8], buffer);
    }

    [Fact]
    public unsafe void Direct_writes_are_of_aligned_blocks_and_seen_by_all()
    {
        using IFile file = FileSystem.Create(At("a"));
        file.Write(new byte[16384], 0);
        using IFile? direct = FileSystem.OpenDirect(At("a"));
        if (direct is null)
            return; // The file system below has no such thing; the log does without.
        byte* memory = (byte*)NativeMemory.AlignedAlloc(8192, 4096);
        try
        {
            var block = new Span<byte>(memory, 8192);
            block.Fill(7);
            direct.Write(block, 4096);
            file.SyncData();
            var buffer = new byte[16384];
            Assert.Equal(16384, file.Read(buffer, 0));
            Assert.Equal([0, 7, 7, 0], [buffer[4095], buffer[4096], buffer[12287], buffer[12288]]);
            Assert.Throws<IOException>(() => direct.Write(new Span<byte>(memory, 4096), 1));
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    [Fact]
    public void A_whole_file_is_replaced_whatever_a_crash_left_beside_it()
    {
        Assert.Null(WholeFile.Read(FileSystem, At("a"), 10));
        WholeFile.Write(FileSystem, At("a"), [1, 2, 3]);
        using (IFile aside = FileSystem.Create(At("a" + WholeFile.AsideSuffix)))
            aside.Write([9, 9, 9, 9, 9], 0);
        WholeFile.Write(FileSystem, At("a"), [4]);
        Assert.Equal([4], WholeFile.Read(FileSystem, At("a"), 10));
        Assert.Equal(["a"], FileSystem.ListFiles(Root));
        var tooLong = Assert.Throws<StorageException>(() => WholeFile.Read(FileSystem, At("a"), 0));
        Assert.Equal(StorageErrorCode.Corruption, tooLong.Code);
    }

    [Fact]
    public void A_rename_replaces_and_an_open_descriptor_follows()
    {
        using IFile file = FileSystem.Create(At("a"));
        FileSystem.Create(At("b")).Dispose();
        FileSystem.Rename(At("a"), At("b"));
        FileSystem.SyncDirectory(Root);
        Assert.False(FileSystem.FileExists(At("a")));
        file.Write([1], 0);
        using IFile renamed = FileSystem.Open(At("b"));
        Assert.Equal(1, renamed.Length);
        Assert.Equal(Errno.NoEntry, Assert.Throws<IOException>(() => FileSystem.Rename(At("a"), At("c"))).HResult);
    }

    [Fact]
    public void A_second_name_is_given_only_where_none_stands()
    {
        WholeFile.Write(FileSystem, At("a"), [1, 2]);
        WholeFile.Write(FileSystem, At("b"), [3]);
        Assert.False(FileSystem.TryLink(At("a"), At("b")));
        Assert.True(FileSystem.TryLink(At("a"), At("c")));
        FileSystem.Delete(At("a"));
        FileSystem.SyncDirectory(Root);
        Assert.Equal([3], WholeFile.Read(FileSystem, At("b"), 10));
        Assert.Equal([1, 2], WholeFile.Read(FileSystem, At("c"), 10));
        Assert.Equal(Errno.NoEntry, Assert.Throws<IOException>(() => FileSystem.TryLink(At("a"), At("d"))).HResult);
    }

    [Fact]
    public void Files_are_listed_in_order_without_directories()
    {
        FileSystem.CreateDirectory(At("sub"));
        foreach (string name in new[] { "b", "a", "B", "10" })
            FileSystem.Create(At(name)).Dispose();
        Assert.Equal(["10", "B", "a", "b"], FileSystem.ListFiles(Root));
        Assert.Empty(FileSystem.ListFiles(At("sub")));
        Assert.Equal(Errno.NoEntry, Assert.Throws<IOException>(() => FileSystem.ListFiles(At("none"))).HResult);
    }

    [Fact]
    public void Files_are_listed_with_their_lengths()
    {
        FileSystem.CreateDirectory(At("sub"));
        foreach (string name in new[] { "b", "a", "B" })
        {
            using IFile file = FileSystem.Create(At(name));
            file.Write(new byte[name[0]], 0);
        }

        using IFile grown = FileSystem.Open(At("a"));
        grown.SetLength(500_000);
        Assert.Equal([("B", 66L), ("a", 500_000), ("b", 98)], FileSystem.ListLengths(Root));
        Assert.Empty(FileSystem.ListLengths(At("sub")));
        Assert.Equal(Errno.NoEntry, Assert.Throws<IOException>(() => FileSystem.ListLengths(At("none"))).HResult);
    }

    [Fact]
    public void A_deleted_file_is_gone()
    {
        FileSystem.Create(At("a")).Dispose();
        FileSystem.Delete(At("a"));
        Assert.False(FileSystem.FileExists(At("a")));
        Assert.Equal(Errno.NoEntry, Assert.Throws<IOException>(() => FileSystem.Delete(At("a"))).HResult);
    }

    [Fact]
    public void A_directory_is_created_in_an_existing_one_and_may_exist_already()
    {
        Assert.False(FileSystem.DirectoryExists(At("d")));
        FileSystem.CreateDirectory(At("d"));
        FileSystem.CreateDirectory(At("d"));
        Assert.True(FileSystem.DirectoryExists(At("d")));
        Assert.False(FileSystem.FileExists(At("d")));
        Assert.Equal(Errno.NoEntry, Assert.Throws<IOException>(() => FileSystem.CreateDirectory(At("e", "f"))).HResult);
        Assert.Equal(Errno.NoEntry, Assert.Throws<IOException>(() => FileSystem.SyncDirectory(At("e"))).HResult);
    }

    [Fact]
    public void A_lock_has_one_holder_until_it_is_released()
    {
        IDisposable? first = FileSystem.TryLock(At("lock"));
        Assert.NotNull(first);
        Assert.Null(FileSystem.TryLock(At("lock")));
        first.Dispose();
        using IDisposable? second = FileSystem.TryLock(At("lock"));
        Assert.NotNull(second);
        Assert.True(FileSystem.FileExists(At("lock")));
    }

    [Fact]
    public void A_data_directory_is_locked_for_the_second_that_comes()
    {
        DirectoryLock held = DirectoryLock.Take(FileSystem, Root);
        var refused = Assert.Throws<StorageException>(() => DirectoryLock.Take(FileSystem, Root));
        Assert.Equal(StorageErrorCode.DirectoryLocked, refused.Code);
        Assert.Contains(Root, refused.Message, StringComparison.Ordinal);
        held.Dispose();
        DirectoryLock.Take(FileSystem, Root).Dispose();
    }

    private string At(params string[] parts) => Path.Combine([Root, .. parts]);
}
