using System.Text.Json;
using Varve.Testing;
using Varve.Testing.Processes;

namespace Varve.EndToEnd.Tests.CommandLine;

/// <summary>varve check, of a running daemon and of a directory, whole and damaged.</summary>
public sealed class CheckTests : IDisposable
{
    private const int DamagedExitCode = 3;

    private readonly TempDirectory _directory = new("check");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_check_finds_nothing_in_what_is_whole_and_names_what_is_damaged()
    {
        string data = _directory.File("data");
        string segment = Path.Combine(data, "segments", "0000000001.seg");
        await using (VarveDaemon daemon = await VarveDaemon.StartAsync(data))
        {
            (await daemon.RunWithInputAsync("id,name\n1,a\n2,b\n", "append", "people", "-", "--input", "csv")).Successful();
            (await daemon.RunAsync("stream", "flush", "people")).Successful();
            using JsonDocument whole = JsonDocument.Parse((await daemon.RunAsync("check", "--json")).Successful());
            Assert.Equal(1, whole.RootElement.GetProperty("segments").GetInt32());
            Assert.Equal(0, whole.RootElement.GetProperty("damage").GetArrayLength());

            byte[] bytes = await File.ReadAllBytesAsync(segment);
            bytes[bytes.Length / 4] ^= 1;
            await File.WriteAllBytesAsync(segment, bytes);
            AssertNames(await daemon.RunAsync("check", "--json"), segment);
            VarveResult busy = await VarveProgram.RunAsync(["check", "--data", data]);
            Assert.Equal(1, busy.ExitCode);
            Assert.Contains("in use", busy.Errors, StringComparison.Ordinal);
            Assert.Equal(0, (await daemon.TerminateAsync()).ExitCode);
        }

        AssertNames(await VarveProgram.RunAsync(["check", "--data", data, "--json"]), segment);
        VarveResult text = await VarveProgram.RunAsync(["check", "--data", data]);
        Assert.Equal(DamagedExitCode, text.ExitCode);
        Assert.Contains(segment, text.Output, StringComparison.Ordinal);
        Assert.Contains("stream 'people', rows 0 to 1", text.Output, StringComparison.Ordinal);
    }

    private static void AssertNames(VarveResult result, string file)
    {
        Assert.Equal(DamagedExitCode, result.ExitCode);
        using JsonDocument found = JsonDocument.Parse(result.Output);
        JsonElement damage = Assert.Single(found.RootElement.GetProperty("damage").EnumerateArray());
        Assert.Equal(file, damage.GetProperty("file").GetString());
        Assert.Equal("people", damage.GetProperty("stream").GetString());
        Assert.Equal(2, damage.GetProperty("end_offset").GetInt64());
    }
}
