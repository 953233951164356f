using System.Net;
using System.Net.Sockets;
using Varve.Server.Configuration;
using Varve.Testing;

namespace Varve.Server.Tests.Hosting;

public sealed class StartTests : IDisposable
{
    private readonly TempDirectory _directory = new("start");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_port_in_use_stops_the_start_with_its_name()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        foreach (bool isGrpc in (bool[])[true, false])
        {
            StartupException e = await FailsAsync(o =>
            {
                if (isGrpc)
                    o.Listen.Grpc = Endpoint.Parse($"127.0.0.1:{port}");
                else
                    o.Listen.Http = Endpoint.Parse($"127.0.0.1:{port}");
            });
            Assert.Equal(StartupErrorCode.Endpoint, e.Code);
            Assert.StartsWith($"cannot listen on 127.0.0.1:{port}: the port is in use", e.Message, StringComparison.Ordinal);
            Assert.Contains(isGrpc ? "--listen" : "--http", e.Message, StringComparison.Ordinal);
        }

        await StartsAsync();
    }

    [Fact]
    public async Task An_address_of_another_machine_stops_the_start()
    {
        StartupException e = await FailsAsync(o =>
        {
            o.Listen.Grpc = Endpoint.Parse("192.0.2.1:7447");
            o.Listen.Insecure = true;
        });
        Assert.Equal(StartupErrorCode.Endpoint, e.Code);
        Assert.Contains("none of this machine's", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_daemon_on_one_directory_does_not_start_and_the_first_goes_on()
    {
        await using (VarveServer first = await VarveServer.StartAsync(RunningServer.Options(_directory.Path), new LogCapture().Factory))
        {
            StartupException e = await FailsAsync(_ => { });
            Assert.Equal(StartupErrorCode.Data, e.Code);
            Assert.Contains(_directory.Path, e.Message, StringComparison.Ordinal);
            Assert.Contains("is in use by process", e.Message, StringComparison.Ordinal);
            Assert.True(first.Engine.IsAccepting);
        }

        await StartsAsync();
    }

    [Fact]
    public async Task A_directory_that_cannot_be_made_stops_the_start()
    {
        File.WriteAllText(_directory.File("file"), "in the way");
        StartupException e = await FailsAsync(o => o.Data.Directory = _directory.File("file"));
        Assert.Equal(StartupErrorCode.Data, e.Code);
        Assert.Contains(_directory.File("file"), e.Message, StringComparison.Ordinal);

        e = await FailsAsync(o => o.Data.Directory = "/proc/varve");
        Assert.Equal(StartupErrorCode.Data, e.Code);
        Assert.Contains("/proc/varve", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_log_stops_the_start_and_is_left_alone()
    {
        await StartsAsync(async server => await server.Engine.CreateStreamAsync("s", Varve.Arrow.TypeNames.ParseSchema("a: int64")));
        string[] files = [.. Directory.GetFiles(_directory.Path, "*", SearchOption.AllDirectories)];
        Dictionary<string, byte[]> damaged = [];
        foreach (string file in files.Where(f => new FileInfo(f).Length > 0 && Path.GetFileName(f) != "lock"))
        {
            byte[] bytes = await File.ReadAllBytesAsync(file);
            for (int i = 0; i < Math.Min(bytes.Length, 4096); i++)
                bytes[i] ^= 0x5A;
            await File.WriteAllBytesAsync(file, bytes);
            damaged[file] = bytes;
        }

        StartupException e = await FailsAsync(_ => { });
        Assert.Equal(StartupErrorCode.Data, e.Code);
        Assert.All(damaged, d => Assert.Equal(d.Value, File.ReadAllBytes(d.Key)));
    }

    [Fact]
    public async Task A_root_key_that_is_missing_or_wrong_stops_the_start_and_says_what_to_look_at()
    {
        await StartsAsync();
        string path = _directory.File("root.key");
        byte[] right = await File.ReadAllBytesAsync(path);
        File.Delete(path);
        StartupException e = await FailsAsync(_ => { });
        Assert.Equal(StartupErrorCode.Data, e.Code);
        Assert.Contains($"{path}: there is no such file", e.Message, StringComparison.Ordinal);
        Assert.Contains("Keys:Source", e.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));

        await File.WriteAllTextAsync(path, string.Concat(Enumerable.Repeat("0f", 16)) + string.Concat(Enumerable.Repeat("1e", 16)));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead);
        Assert.Contains("is sealed with another root key", (await FailsAsync(_ => { })).Message, StringComparison.Ordinal);
        File.Delete(path);
        await File.WriteAllBytesAsync(path, right);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Contains("is encrypted", (await FailsAsync(o => o.Keys.Encryption = EncryptionMode.Off)).Message, StringComparison.Ordinal);
        await StartsAsync();
    }

    [Theory]
    [InlineData("0.0.0.0:0")]
    [InlineData("*:0")]
    public async Task Listening_beyond_loopback_by_code_is_refused_too(string endpoint)
    {
        StartupException e = await FailsAsync(o => o.Listen.Http = Endpoint.Parse(endpoint));
        Assert.Equal(StartupErrorCode.Configuration, e.Code);
        Assert.Contains("--insecure", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_out_of_range_by_code_is_refused_too()
    {
        StartupException e = await FailsAsync(o => o.Sql.ThreadCount = 0);
        Assert.Contains("Sql:ThreadCount is '0'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Insecure_means_insecure()
    {
        VarveServerOptions options = RunningServer.Options(_directory.Path);
        options.Listen.Grpc = Endpoint.Parse("*:0");
        options.Listen.Insecure = true;
        using var log = new LogCapture();
        await using VarveServer server = await VarveServer.StartAsync(options, log.Factory);
        Assert.Contains(log.Entries, e => e.Message.StartsWith("insecure", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, "there is no such file")]
    [InlineData("this is no key", "repository.key")]
    public async Task A_key_of_the_repository_that_is_none_is_refused_before_the_first_snapshot_needs_it(string? content, string why)
    {
        string path = _directory.File("repository.key");
        if (content is not null)
            await File.WriteAllTextAsync(path, content);
        StartupException e = await FailsAsync(o => (o.Backup.Repository, o.Backup.KeyFile) = (_directory.File("repository"), path));
        Assert.Equal(StartupErrorCode.Security, e.Code);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
        Assert.Contains("Backup:KeyFile", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_of_a_restore_that_was_cut_off_is_refused()
    {
        StartupException e = await FailsAsync(o => o.Data.Directory = _directory.File("data.restoring"));
        Assert.Equal(StartupErrorCode.Data, e.Code);
        Assert.Contains($"a restore to {_directory.File("data")} was cut off", e.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_directory.File("data.restoring")));
    }

    private async Task<StartupException> FailsAsync(Action<VarveServerOptions> change)
    {
        VarveServerOptions options = RunningServer.Options(_directory.Path);
        change(options);
        using var log = new LogCapture();
        var e = await Assert.ThrowsAsync<StartupException>(() => VarveServer.StartAsync(options, log.Factory));
        Assert.DoesNotContain('\n', e.Message);
        return e;
    }

    private async Task StartsAsync(Func<VarveServer, Task>? use = null)
    {
        using var log = new LogCapture();
        await using VarveServer server = await VarveServer.StartAsync(RunningServer.Options(_directory.Path), log.Factory);
        if (use is not null)
            await use(server);
    }
}
