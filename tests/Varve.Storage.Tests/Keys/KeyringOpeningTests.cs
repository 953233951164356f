using Varve.Storage.Keys;
using Varve.Storage.Tests.FileSystem;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Keys;

/// <summary>What is right and what is refused when a directory is opened, and that a refusal changes nothing.</summary>
public class KeyringOpeningTests(ITestOutputHelper output)
{
    private readonly FaultyFileSystem _disk = new();

    [Fact]
    public async Task The_first_opening_makes_a_root_key_and_later_ones_use_it()
    {
        string keys = (await KeyringHost.OpenAsync(_disk)).Show();
        Assert.Equal(["keyring", "root.key"], _disk.ListFiles(FaultyFileSystem.Root));
        Assert.Matches("^[0-9a-f]{64}\n$", System.Text.Encoding.ASCII.GetString(_disk.Content(KeyringHost.RootPath)));
        string content = _disk.Show();
        Assert.Equal(keys, (await KeyringHost.OpenAsync(_disk, holdsData: true)).Show());
        Assert.Equal(content, _disk.Show());
    }

    [Fact]
    public async Task A_root_key_that_is_there_is_used_for_a_new_directory()
    {
        byte[] given = RootKey.Create().ToFile();
        _disk.Overwrite(KeyringHost.RootPath, given);
        await KeyringHost.OpenAsync(_disk);
        Assert.Equal(given, _disk.Content(KeyringHost.RootPath));
    }

    [Fact]
    public async Task A_file_that_was_named_is_not_made()
    {
        StorageException e = await KeyringHost.RefusedAsync(
            _disk, StorageErrorCode.KeyMismatch, RootKeySource.FromFile("/data/elsewhere.key"), holdsData: false);
        Assert.Contains("openssl rand -hex 32 > /data/elsewhere.key", e.Message, StringComparison.Ordinal);
        Assert.Empty(_disk.ListFiles(FaultyFileSystem.Root));
    }

    [Fact]
    public async Task Data_without_a_keyring_is_refused()
    {
        await KeyringHost.OpenAsync(_disk);
        _disk.Delete(KeyringHost.Path);
        string content = _disk.Show();
        foreach (bool encrypt in new[] { true, false })
        {
            StorageException e = await KeyringHost.RefusedAsync(_disk, StorageErrorCode.Corruption, encrypt: encrypt);
            Assert.Contains("the keyring /data/keyring is missing", e.Message, StringComparison.Ordinal);
        }

        Assert.Equal(content, _disk.Show());
    }

    [Fact]
    public async Task A_keyring_without_its_root_key_is_refused_and_no_other_is_made()
    {
        await KeyringHost.OpenAsync(_disk);
        _disk.Delete(KeyringHost.RootPath);
        string content = _disk.Show();
        StorageException e = await KeyringHost.RefusedAsync(_disk, StorageErrorCode.KeyMismatch);
        Assert.Contains("/data/root.key: there is no such file", e.Message, StringComparison.Ordinal);
        Assert.Equal(content, _disk.Show());
    }

    [Fact]
    public async Task A_wrong_root_key_is_told_from_a_damaged_keyring()
    {
        await KeyringHost.OpenAsync(_disk);
        byte[] right = _disk.Content(KeyringHost.RootPath);
        _disk.Overwrite(KeyringHost.RootPath, RootKey.Create().ToFile());
        string content = _disk.Show();
        StorageException e = await KeyringHost.RefusedAsync(_disk, StorageErrorCode.KeyMismatch);
        Assert.Contains("sealed with another root key than the one from the file /data/root.key", e.Message, StringComparison.Ordinal);
        Assert.Equal(content, _disk.Show());

        _disk.Overwrite(KeyringHost.RootPath, right);
        byte[] whole = _disk.Content(KeyringHost.Path);
        foreach (byte[] damaged in Damages(whole))
        {
            _disk.Overwrite(KeyringHost.Path, damaged);
            Assert.Contains("is damaged", (await KeyringHost.RefusedAsync(_disk, StorageErrorCode.Corruption)).Message, StringComparison.Ordinal);
        }

        _disk.Overwrite(KeyringHost.Path, whole);
        await KeyringHost.OpenAsync(_disk);
    }

    [Fact]
    public async Task Wide_permissions_stop_the_opening()
    {
        await KeyringHost.OpenAsync(_disk);
        _disk.SetMode(KeyringHost.RootPath, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        StorageException e = await KeyringHost.RefusedAsync(_disk, StorageErrorCode.KeyMismatch);
        Assert.Contains("mode 0440", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Encryption_cannot_be_changed_afterwards(bool encrypted)
    {
        await KeyringHost.OpenAsync(_disk, encrypt: encrypted);
        string content = _disk.Show();
        StorageException e = await KeyringHost.RefusedAsync(_disk, StorageErrorCode.KeyMismatch, encrypt: !encrypted);
        Assert.Contains(encrypted ? "/data is encrypted" : "/data was made without encryption", e.Message, StringComparison.Ordinal);
        Assert.Equal(content, _disk.Show());
    }

    [Fact]
    public async Task A_keyring_of_a_later_version_is_not_touched()
    {
        byte[] bytes = KeyringFile.EncodePlain();
        bytes[10] = 2;
        BitConverter.TryWriteBytes(bytes.AsSpan(124), Varve.Storage.Log.Crc32C.Compute(bytes.AsSpan(0, 124)));
        _disk.Overwrite(KeyringHost.Path, bytes);
        StorageException e = await KeyringHost.RefusedAsync(_disk, StorageErrorCode.Unsupported, encrypt: false);
        Assert.Contains("needs a reader of version 2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_opening_that_is_cut_off_anywhere_is_done_again()
    {
        int seed = TestSeed.Next(output.WriteLine);
        for (int at = 1; ; at++)
        {
            FaultyFileSystem disk = new() { CutAt = at };
            bool finished = true;
            try
            {
                await KeyringHost.OpenAsync(disk);
            }
            catch (Exception e) when (e is StorageException or IOException && disk.IsCut)
            {
                finished = false;
            }

            FaultyFileSystem after = at % 2 == 0 ? disk.AfterKill() : disk.AfterPowerCut(new Random(seed + at));
            Keyring keyring = await KeyringHost.OpenAsync(after);
            Assert.Equal(keyring.Show(), (await KeyringHost.OpenAsync(after, holdsData: true)).Show());
            if (finished)
                return;
        }
    }

    private static IEnumerable<byte[]> Damages(byte[] whole)
    {
        // Every byte of the header, and the content here and there; cut and grown.
        for (int i = 0; i < whole.Length; i += i < 160 ? 1 : 97)
        {
            byte[] flipped = [.. whole];
            flipped[i] ^= 0x10;
            yield return flipped;
        }

        yield return whole[..^1];
        yield return whole[..100];
        yield return [];
        yield return [.. whole, 0];
    }
}
