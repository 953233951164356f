using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Tests.FileSystem;

namespace Varve.Storage.Tests.Keys;

public class KeyringTests
{
    private static readonly LogPosition Nowhere = LogPosition.None;

    private readonly FaultyFileSystem _disk = new();

    [Fact]
    public async Task Keys_are_the_same_after_every_opening()
    {
        Keyring keyring = await KeyringHost.OpenAsync(_disk);
        Assert.True(keyring.IsEncrypted);
        Assert.Equal(1, keyring.CurrentKey(Keyring.NodeId).Version);
        await keyring.EnsureKeysAsync(100);
        Assert.InRange(keyring.KeyedUpTo, 100, 200);
        await keyring.RotateAsync(3);
        string before = keyring.Show();
        Assert.Equal(before, (await KeyringHost.OpenAsync(_disk, holdsData: true)).Show());
        Assert.Equal(keyring.KeyedUpTo + 2, before.Split("; ").Length);
        Assert.Equal(keyring.KeyedUpTo + 2, before.Split("; ").Select(k => k.Split('=')[1]).Distinct().Count());
    }

    [Fact]
    public async Task Keys_that_are_there_already_cost_nothing()
    {
        Keyring keyring = await KeyringHost.OpenAsync(_disk);
        long operations = _disk.Operations;
        await keyring.EnsureKeysAsync(keyring.KeyedUpTo);
        await keyring.SettleAsync(new HashSet<long>(), 0, Nowhere);
        await keyring.EraseAsync(keyring.KeyedUpTo + 1);
        await keyring.RetireVersionsAsync(1, 1, new LogPosition(1));
        Assert.Equal(operations, _disk.Operations);
    }

    [Fact]
    public async Task An_erased_key_is_gone_and_known_to_be()
    {
        Keyring keyring = await KeyringHost.OpenAsync(_disk);
        string secret = Convert.ToHexString(keyring.CurrentKey(2).Secret);
        await keyring.RotateAsync(2);
        Assert.False(keyring.IsErased(2));
        await keyring.EraseAsync(2);
        foreach (Keyring each in new[] { keyring, await KeyringHost.OpenAsync(_disk) })
        {
            Assert.True(each.IsErased(2));
            Assert.False(each.IsErased(3));
            Assert.False(each.IsErased(each.KeyedUpTo + 1));
            Assert.Null(each.Key(2, 1));
            Assert.Null(each.Key(2, 2));
            Assert.DoesNotContain(secret, each.Show(), StringComparison.Ordinal);
            Assert.Equal(StorageErrorCode.StreamNotFound, Assert.Throws<StorageException>(() => each.CurrentKey(2)).Code);
        }
    }

    [Fact]
    public async Task A_rotated_key_has_both_versions_until_nothing_needs_the_old_one()
    {
        Keyring keyring = await KeyringHost.OpenAsync(_disk);
        StreamKey first = keyring.CurrentKey(1);
        StreamKey second = await keyring.RotateAsync(1);
        Assert.Equal((2, second), (second.Version, keyring.CurrentKey(1)));
        Assert.Equal(first, keyring.Key(1, 1));

        // Where the log may have records of it, it stays.
        await keyring.RetireVersionsAsync(1, 2, new LogPosition(1000));
        Assert.NotNull(keyring.Key(1, 1));
        await keyring.NoteLastPositionAsync(1, new LogPosition(7));
        await keyring.RetireVersionsAsync(1, 2, new LogPosition(7));
        Assert.NotNull(keyring.Key(1, 1));

        // Where a segment has it too.
        await keyring.RetireVersionsAsync(1, 1, new LogPosition(8));
        Assert.NotNull(keyring.Key(1, 1));
        keyring = await KeyringHost.OpenAsync(_disk);
        await keyring.RetireVersionsAsync(1, 2, new LogPosition(8));
        Assert.Null(keyring.Key(1, 1));
        Assert.NotNull(keyring.Key(1, 2));
        Assert.Null((await KeyringHost.OpenAsync(_disk)).Key(1, 1));
    }

    [Fact]
    public async Task A_last_position_that_was_not_noted_is_the_end_of_the_recovered_log()
    {
        Keyring keyring = await KeyringHost.OpenAsync(_disk);
        await keyring.RotateAsync(1);
        keyring = await KeyringHost.OpenAsync(_disk);
        await keyring.SettleAsync(new HashSet<long> { 1 }, 1, new LogPosition(50));
        Assert.Equal([50, 0], keyring.Versions(1).Select(v => v.LastPosition.Value));
    }

    [Fact]
    public async Task Settling_erases_what_is_gone_and_makes_what_is_to_come()
    {
        Keyring keyring = await KeyringHost.OpenAsync(_disk);
        string third = Convert.ToHexString(keyring.CurrentKey(3).Secret);
        await keyring.EraseAsync(5);
        await keyring.SettleAsync(new HashSet<long> { 1, 3 }, 4, Nowhere);
        foreach (Keyring each in new[] { keyring, await KeyringHost.OpenAsync(_disk) })
        {
            Assert.Equal([false, true, false, true], new long[] { 1, 2, 3, 4 }.Select(each.IsErased));
            Assert.Equal(third, Convert.ToHexString(each.CurrentKey(3).Secret));

            // The log knows nothing of a stream 5, so the next one gets that id.
            Assert.Equal(1, each.CurrentKey(5).Version);
            Assert.Equal(1, each.CurrentKey(each.KeyedUpTo).Version);
            Assert.Equal(1, each.CurrentKey(Keyring.NodeId).Version);
        }
    }

    [Fact]
    public async Task A_keyring_older_than_the_data_is_refused()
    {
        Keyring keyring = await KeyringHost.OpenAsync(_disk);
        long beyond = keyring.KeyedUpTo + 1;
        keyring.RequireKeyOf(beyond - 1, "s");
        StorageException e = Assert.Throws<StorageException>(() => keyring.RequireKeyOf(beyond, "s"));
        Assert.Equal(StorageErrorCode.KeyMismatch, e.Code);
        Assert.Contains("older than the data", e.Message, StringComparison.Ordinal);
        await keyring.EraseAsync(1);
        e = Assert.Throws<StorageException>(() => keyring.RequireKeyOf(1, "s"));
        Assert.Equal(StorageErrorCode.KeyMismatch, e.Code);
        Assert.Contains("was erased when the stream was dropped", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_encryption_there_are_no_keys_and_nothing_to_change()
    {
        Keyring keyring = await KeyringHost.OpenAsync(_disk, encrypt: false);
        Assert.Equal(["keyring"], _disk.ListFiles(FaultyFileSystem.Root));
        keyring = await KeyringHost.OpenAsync(_disk, encrypt: false, holdsData: true);
        Assert.False(keyring.IsEncrypted);
        Assert.True(keyring.CurrentKey(1).IsNone);
        Assert.True(keyring.Key(1, 0)!.IsNone);
        Assert.Null(keyring.Key(1, 1));
        Assert.False(keyring.IsErased(1));
        long operations = _disk.Operations;
        await keyring.EnsureKeysAsync(1000);
        await keyring.EraseAsync(1);
        await keyring.SettleAsync(new HashSet<long> { 1 }, 2, Nowhere);
        Assert.Equal(operations, _disk.Operations);
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => keyring.RotateRootAsync(null, CancellationToken.None));
        Assert.Equal(StorageErrorCode.Unsupported, e.Code);
    }

    [Fact]
    public async Task An_encrypted_directory_has_no_key_for_what_is_not_encrypted() =>
        Assert.Null((await KeyringHost.OpenAsync(_disk)).Key(1, 0));

    [Fact]
    public async Task A_change_that_cannot_be_written_does_not_happen()
    {
        Keyring keyring = await KeyringHost.OpenAsync(_disk);
        foreach (int error in new[] { Errno.InputOutput, Errno.NoSpace })
        {
            foreach (Func<Task> change in new Func<Task>[]
            {
                () => keyring.RotateAsync(1),
                () => keyring.EnsureKeysAsync(keyring.KeyedUpTo + 1).AsTask(),
                () => keyring.RotateRootAsync(null, CancellationToken.None),
            })
            {
                foreach (string call in new[] { "open", "pwritev", "fsync", "rename" })
                {
                    string before = keyring.Show();
                    _disk.Fault = new Fault(1, error, ForEver: true, call);
                    StorageException e = await Assert.ThrowsAsync<StorageException>(change);
                    Assert.True(
                        e.Code is StorageErrorCode.KeyMismatch
                        || e.Code == (error == Errno.NoSpace ? StorageErrorCode.DiskFull : StorageErrorCode.DiskError),
                        e.ToString());
                    _disk.Fault = null;
                    Assert.Equal(before, keyring.Show());
                    Assert.Equal(before, (await KeyringHost.OpenAsync(_disk)).Show());
                }
            }
        }

        await keyring.RotateAsync(1);
        await keyring.RotateRootAsync(null, CancellationToken.None);
        Assert.Equal(keyring.Show(), (await KeyringHost.OpenAsync(_disk)).Show());
    }

    [Fact]
    public async Task An_erasure_that_failed_comes_with_the_next_change()
    {
        Keyring keyring = await KeyringHost.OpenAsync(_disk);
        _disk.Fault = new Fault(1, Errno.InputOutput, ForEver: true, "fsync");
        Assert.Equal(StorageErrorCode.DiskError, (await Assert.ThrowsAsync<StorageException>(() => keyring.EraseAsync(1))).Code);
        Assert.False(keyring.IsErased(1));
        _disk.Fault = null;
        await keyring.RotateAsync(2);
        Assert.True(keyring.IsErased(1));
        Assert.True((await KeyringHost.OpenAsync(_disk)).IsErased(1));
    }

    [Fact]
    public async Task Changes_from_many_threads_are_all_there()
    {
        Keyring keyring = await KeyringHost.OpenAsync(_disk);
        await Task.WhenAll(Enumerable.Range(1, 20).SelectMany(id => new[]
        {
            Task.Run(() => keyring.RotateAsync(id)),
            Task.Run(() => keyring.RotateAsync(id)),
            Task.Run(() => keyring.EnsureKeysAsync(40 + id).AsTask()),
            Task.Run(() => keyring.EraseAsync(20 + id)),
        }));
        foreach (Keyring each in new[] { keyring, await KeyringHost.OpenAsync(_disk) })
        {
            Assert.All(Enumerable.Range(1, 20), id => Assert.Equal([1, 2, 3], each.Versions(id).Select(v => v.Key.Version)));
            Assert.All(Enumerable.Range(21, 20), id => Assert.True(each.IsErased(id)));
            Assert.All(Enumerable.Range(41, 20), id => Assert.Equal(1, each.CurrentKey(id).Version));
        }
    }
}
