using System.Collections.Concurrent;
using System.Diagnostics;
using Varve.Arrow;
using Varve.Benchmarks.Log;
using Varve.Client;

namespace Varve.Load.Append;

/// <summary>
/// A daemon by way of its .NET client: each caller appends over a call of its own, all calls over one connection. The bytes are the values of one
/// column.
/// </summary>
internal sealed class DaemonTarget : IDurableTarget
{
    private const string Stream = "load";
    private const int ValueBytes = 4;

    private static readonly Schema Values = new([new Field("value", ArrowTypes.Int32, isNullable: false)]);

    private readonly Process _daemon;
    private readonly VarveClient _client;
    private readonly ConcurrentBag<StreamAppender> _idle = [];

    private DaemonTarget(Process daemon, VarveClient client) => (_daemon, _client) = (daemon, client);

    public static async Task<IDurableTarget> OpenAsync(string directory)
    {
        Process daemon = ScenarioProcess.Start(AppendDaemon.Scenario);
        await daemon.StandardInput.WriteLineAsync(directory);
        string endpoint = await daemon.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the daemon did not start");
        var client = new VarveClient(new VarveClientOptions { Endpoint = endpoint });
        await client.CreateStreamAsync(Stream, Values);
        return new DaemonTarget(daemon, client);
    }

    public async Task AppendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (!_idle.TryTake(out StreamAppender? appender))
            appender = _client.OpenAppender(Stream);
        int rows = bytes.Length / ValueBytes;
        await await appender.AppendAsync(new RecordBatch(Values, rows, [new ArrayData(ArrowTypes.Int32, rows, 0, [default, bytes])]));
        _idle.Add(appender);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (StreamAppender appender in _idle)
        {
            await appender.CompleteAsync();
            await appender.DisposeAsync();
        }

        _client.Dispose();
        _daemon.StandardInput.Close();
        await _daemon.WaitForExitAsync();
        _daemon.Dispose();
    }
}
