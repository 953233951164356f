using System.Globalization;
using Varve.Benchmarks.Log;

namespace Varve.Load.Append;

/// <summary>
/// Durable appends over gRPC to a daemon in a process of its own, next to the hand-written group-commit loop in this process, in the same run.
/// </summary>
internal sealed class AppendScenario : IScenario
{
    public string Name => "append";

    public string Summary =>
        "durable appends over gRPC next to a hand-written group-commit loop: seconds=2 repetitions=3 bytes=100,1024,65536 writers=1,8,64";

    public Task RunAsync(LoadArguments arguments) => DurableAppend.RunAsync(
        [
            arguments.Text("seconds", "2"),
            arguments.Number("repetitions", 3).ToString(CultureInfo.InvariantCulture),
            Path.GetTempPath(),
            arguments.Text("bytes", "100,1024,65536"),
            arguments.Text("writers", "1,8,64"),
        ],
        (directory, _) => DaemonTarget.OpenAsync(directory),
        "daemon",
        onFreshFilesOnly: true);
}
