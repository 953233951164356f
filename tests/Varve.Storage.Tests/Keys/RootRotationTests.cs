using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Storage.Tests.FileSystem;
using Varve.Testing;
using Xunit.Abstractions;

namespace Varve.Storage.Tests.Keys;

public class RootRotationTests(ITestOutputHelper output)
{
    private readonly FaultyFileSystem _disk = new();

    [Fact]
    public async Task A_generated_root_key_is_replaced_and_the_old_one_opens_nothing()
    {
        Keyring keyring = await KeyringHost.OpenAsync(_disk);
        byte[] old = _disk.Content(KeyringHost.RootPath);
        await keyring.RotateRootAsync(null, CancellationToken.None);
        byte[] fresh = _disk.Content(KeyringHost.RootPath);
        Assert.NotEqual(old, fresh);
        Assert.Equal(["keyring", "root.key"], _disk.ListFiles(FaultyFileSystem.Root));
        await keyring.RotateAsync(1);
        Assert.Equal(keyring.Show(), (await KeyringHost.OpenAsync(_disk)).Show());
        _disk.Overwrite(KeyringHost.RootPath, old);
        await KeyringHost.RefusedAsync(_disk, StorageErrorCode.KeyMismatch);
    }

    [Fact]
    public async Task A_file_that_was_given_another_key_by_hand_is_taken_as_it_is()
    {
        Keyring keyring = await KeyringHost.OpenAsync(_disk);
        byte[] given = RootKey.Create().ToFile();
        _disk.Overwrite(KeyringHost.RootPath, given);
        await keyring.RotateRootAsync(null, CancellationToken.None);
        Assert.Equal(given, _disk.Content(KeyringHost.RootPath));
        Assert.Equal(keyring.Show(), (await KeyringHost.OpenAsync(_disk)).Show());
    }

    [Fact]
    public async Task A_key_from_a_named_file_takes_the_place_of_the_present_one()
    {
        Keyring keyring = await KeyringHost.OpenAsync(_disk);
        byte[] given = RootKey.Create().ToFile();
        string path = KeyringHost.RootPath + "2";
        _disk.Overwrite(path, given);
        await keyring.RotateRootAsync(RootKeySource.FromFile(path), CancellationToken.None);
        Assert.Equal(given, _disk.Content(KeyringHost.RootPath));
        Assert.Equal(keyring.Show(), (await KeyringHost.OpenAsync(_disk)).Show());
        StorageException e = await Assert.ThrowsAsync<StorageException>(
            () => keyring.RotateRootAsync(RootKeySource.FromFile(path), CancellationToken.None));
        Assert.Contains("gives the present one", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_variable_needs_a_file_for_the_new_key_because_it_cannot_change()
    {
        string name = "VARVE_TEST_" + Guid.NewGuid().ToString("N");
        RootKeySource variable = RootKeySource.FromVariable(name);
        Set(name, RootKey.Create());
        Keyring keyring = await KeyringHost.OpenAsync(_disk, variable);
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => keyring.RotateRootAsync(null, CancellationToken.None));
        Assert.Equal(StorageErrorCode.KeyMismatch, e.Code);
        Assert.Contains($"the environment variable {name} gives the present one", e.Message, StringComparison.Ordinal);

        RootKey next = RootKey.Create();
        string path = KeyringHost.RootPath + "2";
        _disk.Overwrite(path, next.ToFile());
        await keyring.RotateRootAsync(RootKeySource.FromFile(path), CancellationToken.None);
        await KeyringHost.RefusedAsync(_disk, StorageErrorCode.KeyMismatch, variable);
        Set(name, next);
        Assert.Equal(keyring.Show(), (await KeyringHost.OpenAsync(_disk, variable)).Show());
        Environment.SetEnvironmentVariable(name, null);
    }

    [Fact]
    public async Task A_command_is_asked_again()
    {
        using TempDirectory directory = new();
        RootKeySource command = RootKeySource.FromCommand($"cat {directory.File("vault")}", TimeSpan.FromSeconds(30));
        await File.WriteAllBytesAsync(directory.File("vault"), RootKey.Create().ToFile());
        Keyring keyring = await KeyringHost.OpenAsync(_disk, command);
        await Assert.ThrowsAsync<StorageException>(() => keyring.RotateRootAsync(null, CancellationToken.None));
        await File.WriteAllBytesAsync(directory.File("vault"), RootKey.Create().ToFile());
        await KeyringHost.RefusedAsync(_disk, StorageErrorCode.KeyMismatch, command);
        await keyring.RotateRootAsync(null, CancellationToken.None);
        Assert.Equal(keyring.Show(), (await KeyringHost.OpenAsync(_disk, command)).Show());
    }

    [Fact]
    public async Task A_rotation_and_the_opening_after_it_that_are_cut_off_anywhere_leave_a_directory_that_opens()
    {
        int seed = TestSeed.Next(output.WriteLine);
        bool finished = false;
        for (int at = 1; !finished; at++)
        {
            bool settled = false;
            for (int again = 1; !settled; again++)
            {
                settled = true;
                for (int outcome = 0; outcome < 8; outcome++)
                {
                    Random random = new(seed + (1000 * at) + (10 * again) + outcome);
                    FaultyFileSystem disk = new();
                    Keyring keyring = await KeyringHost.OpenAsync(disk);
                    finished = await RotateUntilCutAsync(keyring, disk, at);

                    // A killed process leaves what was not synced yet to the power cut that comes next.
                    disk = outcome < 6 ? disk.AfterKill() : disk.AfterPowerCut(random);
                    settled &= await OpenUntilCutAsync(disk, again);
                    disk = disk.AfterPowerCut(random);
                    Assert.Equal(keyring.Show(), (await KeyringHost.OpenAsync(disk, holdsData: true)).Show());
                    Assert.Equal(
                        ["keyring", "root.key"],
                        disk.ListFiles(FaultyFileSystem.Root).Where(n => !n.EndsWith(WholeFile.AsideSuffix, StringComparison.Ordinal)));
                }
            }
        }
    }

    [Fact]
    public async Task Rotations_of_which_any_operation_fails_leave_a_directory_that_opens()
    {
        int seed = TestSeed.Next(output.WriteLine);
        for (int run = 0; run < 600; run++)
        {
            Random random = new(seed + run);
            FaultyFileSystem disk = new();
            Keyring keyring = await KeyringHost.OpenAsync(disk);
            string keys = keyring.Show();
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                disk.Fault = new Fault(disk.Operations + random.Next(1, 20), Errno.InputOutput, ForEver: random.Next(2) == 0);
                try
                {
                    await keyring.RotateRootAsync(null, CancellationToken.None);
                }
                catch (StorageException e) when (e.Code is StorageErrorCode.DiskError or StorageErrorCode.KeyMismatch)
                {
                }

                disk.Fault = null;
            }

            disk = After(disk, random);
            Assert.Equal(keys, (await KeyringHost.OpenAsync(disk, holdsData: true)).Show());
        }
    }

    private static FaultyFileSystem After(FaultyFileSystem disk, Random random) =>
        random.Next(3) == 0 ? disk.AfterKill() : disk.AfterPowerCut(random);

    private static async Task<bool> RotateUntilCutAsync(Keyring keyring, FaultyFileSystem disk, int at)
    {
        disk.CutAt = disk.Operations + at;
        try
        {
            await keyring.RotateRootAsync(null, CancellationToken.None);
            return true;
        }
        catch (StorageException) when (disk.IsCut)
        {
            return false;
        }
    }

    private static async Task<bool> OpenUntilCutAsync(FaultyFileSystem disk, int at)
    {
        disk.CutAt = disk.Operations + at;
        try
        {
            await KeyringHost.OpenAsync(disk, holdsData: true);
            return true;
        }
        catch (Exception e) when (e is StorageException or IOException && disk.IsCut)
        {
            return false;
        }
    }

    private static void Set(string name, RootKey key) =>
        Environment.SetEnvironmentVariable(name, System.Text.Encoding.ASCII.GetString(key.ToFile()));
}
