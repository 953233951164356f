using Varve.Storage.FileSystem;
using Varve.Storage.Keys;
using Varve.Testing;

namespace Varve.Storage.Tests.Keys;

public class RootKeySourceTests
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly byte[] Secret = [.. Enumerable.Range(0x80, 32).Select(i => (byte)i)];
    private static readonly RootKey Expected = Parse(Secret, mayBeRaw: true);

    public static TheoryData<string> Texts => new(
        Convert.ToHexString(Secret),
        Convert.ToHexStringLower(Secret) + "\n",
        " " + Convert.ToBase64String(Secret) + "\r\n");

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_key_is_hexadecimal_or_base64(string text)
    {
        Assert.True(Parse(System.Text.Encoding.UTF8.GetBytes(text), mayBeRaw: false).Is(Expected));
        Assert.True(Parse(System.Text.Encoding.UTF8.GetBytes(text), mayBeRaw: true).Is(Expected));
    }

    [Fact]
    public void A_key_comes_back_from_its_file_form() => Assert.True(Parse(Expected.ToFile(), mayBeRaw: true).Is(Expected));

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("00112233445566778899aabbccddeeff")] // Half a key, and by chance 32 bytes.
    [InlineData("correct horse battery staple ok!")]
    [InlineData("00112233445566778899aabbccddeeff00112233445566778899aabbccddee")]
    [InlineData("00112233445566778899aabbccddeeff00112233445566778899aabbccddeexx")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("not base64, though it is as long as it is =")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd")] // 30 bytes.
    public void What_is_no_key_is_refused_without_being_shown(string text)
    {
        foreach (bool mayBeRaw in new[] { true, false })
        {
            Assert.False(RootKey.TryParse(System.Text.Encoding.UTF8.GetBytes(text), mayBeRaw, out _, out string? problem));
            Assert.DoesNotContain(text.Length > 3 ? text[..4] : "?", problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_that_others_may_use_is_refused_by_name()
    {
        using TempDirectory directory = new();
        string path = directory.File("key");
        await File.WriteAllBytesAsync(path, Secret);
        foreach (UnixFileMode mode in new[] { UnixFileMode.GroupRead, UnixFileMode.OtherRead, UnixFileMode.OtherWrite, UnixFileMode.UserExecute })
        {
            SetMode(path, Owner | mode);
            StorageException e = await RefusedAsync(RootKeySource.FromFile(path));
            Assert.Contains(path, e.Message, StringComparison.Ordinal);
            Assert.Contains("chmod 600", e.Message, StringComparison.Ordinal);
        }

        foreach (UnixFileMode mode in new[] { Owner, UnixFileMode.UserRead })
        {
            SetMode(path, mode);
            Assert.True((await ReadAsync(RootKeySource.FromFile(path))).Is(Expected));
        }
    }

    [Fact]
    public async Task A_file_that_is_missing_or_no_key_is_named()
    {
        using TempDirectory directory = new();
        string path = directory.File("key");
        StorageException e = await RefusedAsync(RootKeySource.FromFile(path));
        Assert.Contains($"the file {path}: there is no such file", e.Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, "password");
        SetMode(path, Owner);
        Assert.Contains("expected 32 bytes", (await RefusedAsync(RootKeySource.FromFile(path))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_variable_holds_text()
    {
        string name = "VARVE_TEST_" + Guid.NewGuid().ToString("N");
        Assert.Contains(name, (await RefusedAsync(RootKeySource.FromVariable(name))).Message, StringComparison.Ordinal);
        Environment.SetEnvironmentVariable(name, Convert.ToBase64String(Secret));
        Assert.True((await ReadAsync(RootKeySource.FromVariable(name))).Is(Expected));
        Environment.SetEnvironmentVariable(name, "short");
        Assert.Contains("expected 32 bytes", (await RefusedAsync(RootKeySource.FromVariable(name))).Message, StringComparison.Ordinal);
        Environment.SetEnvironmentVariable(name, null);
    }

    [Fact]
    public async Task A_command_prints_the_key()
    {
        Assert.True((await ReadAsync(Command($"echo {Convert.ToHexString(Secret)}"))).Is(Expected));
        Assert.True((await ReadAsync(Command($"printf '{string.Concat(Secret.Select(b => $"\\{Convert.ToString(b, 8)}"))}'"))).Is(Expected));
    }

    [Theory]
    [InlineData("echo a secret", "expected 32 bytes")]
    [InlineData("echo no vault >&2; exit 3", "ended with 3 and said: no vault")]
    [InlineData("/no/such/program", "ended with 127")]
    [InlineData("head -c 5000 /dev/zero", "printed more than 4096 bytes")]
    public async Task A_command_that_fails_is_an_error_that_shows_nothing_of_its_output(string command, string message)
    {
        StorageException e = await RefusedAsync(Command(command));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exec sleep 100")]
    [InlineData("sleep 100 & sleep 100")]
    [InlineData("exec >&- 2>&-; sleep 100")]
    public async Task A_command_that_takes_too_long_is_ended(string command)
    {
        StorageException e = await RefusedAsync(RootKeySource.FromCommand(command, TimeSpan.FromMilliseconds(200)));
        Assert.Contains("did not end within 0.2 seconds", e.Message, StringComparison.Ordinal);
    }

    private static RootKeySource Command(string command) => RootKeySource.FromCommand(command, TimeSpan.FromSeconds(30));

    private static Task<RootKey> ReadAsync(RootKeySource source) => source.ReadAsync(LinuxFileSystem.Instance, CancellationToken.None);

    private static async Task<StorageException> RefusedAsync(RootKeySource source)
    {
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => ReadAsync(source));
        Assert.Equal(StorageErrorCode.KeyMismatch, e.Code);
        return e;
    }

    private static RootKey Parse(byte[] given, bool mayBeRaw)
    {
        Assert.True(RootKey.TryParse(given, mayBeRaw, out RootKey? key, out string? problem), problem);
        return key;
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }
}
