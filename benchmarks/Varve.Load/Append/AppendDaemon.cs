using Microsoft.Extensions.Logging.Abstractions;
using Varve.Server;
using Varve.Server.Configuration;

namespace Varve.Load.Append;

/// <summary>
/// The other end of <see cref="AppendScenario"/>: a daemon on the directory that is the first line of its input. Prints where it serves, ends with
/// its input.
/// </summary>
internal sealed class AppendDaemon : IScenario
{
    public const string Scenario = "append-daemon";

    public string Name => Scenario;

    public string Summary => "(started by append)";

    public async Task RunAsync(LoadArguments arguments)
    {
        var options = new VarveServerOptions();
        options.Data.Directory = await Console.In.ReadLineAsync() ?? throw new InvalidOperationException("no directory was given");
        options.Data.TailMemoryLimitBytes = 16L << 30;
        options.Listen.Grpc = Endpoint.Parse("127.0.0.1:0");
        options.Listen.Http = Endpoint.Parse("127.0.0.1:0");
        await using VarveServer server = await VarveServer.StartAsync(options, NullLoggerFactory.Instance);
        Console.WriteLine(server.GrpcEndpoint);
        await Console.In.ReadToEndAsync();
    }
}
