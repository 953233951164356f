using Varve.EndToEnd.Tests.Clients;

namespace Varve.EndToEnd.Tests;

/// <summary>varve.v1 through gRPC's C core, from Python.</summary>
[Collection(RealClients.Name)]
public class PythonClientTests(Daemon daemon, PythonClients python)
{
    [Fact]
    public async Task A_client_creates_appends_follows_and_reads()
    {
        ClientAnswer answer = await python.RunAsync("append_and_follow.py", new { port = daemon.Port, stream = "python" });

        Assert.Equal("""[true, [["n", "int64", true], ["text", "utf8", false]]]""", answer.Text("create"));
        const string safe = "true, \"DURABILITY_LOCAL_DISK\"";
        Assert.Equal($"[[[70, 0, 2, {safe}], [71, 2, 2, {safe}], [72, 4, 2, {safe}]], 0]", answer.Text("append in lock step"));
        Assert.Equal($"[[6, 1, {safe}], [7, 1, {safe}], [8, 1, {safe}], [9, 1, {safe}]]", answer.Text("append pipelined"));
        Assert.Equal($"[[10, 2, {safe}]]", answer.Text("append json"));
        string rows = string.Join(", ", Enumerable.Range(0, 10).Select(n => $"[{n}, {n}, {(n % 3 == 2 ? "null" : $"\"row {n}\"")}]"));
        Assert.Equal($"[{rows}, [10, 10, \"zehn\"], [11, 11, null]]", answer.Text("follow"));
        Assert.Equal("""[{"text": "zehn", "_offset": 10}, {"text": null, "_offset": 11}]""", answer.Text("read json"));
        Assert.Equal("""[["python", 12, 12]]""", answer.Text("list"));
        Assert.Contains("\"NOT_FOUND\"", answer.Error("unknown stream"), StringComparison.Ordinal);
        Assert.Contains("\"STREAM_NOT_FOUND\"", answer.Error("unknown stream"), StringComparison.Ordinal);
        Assert.Contains("\"INVALID_ARGUMENT\"", answer.Error("wrong type"), StringComparison.Ordinal);
        Assert.Equal("[true, true]", answer.Text("status"));
    }
}
