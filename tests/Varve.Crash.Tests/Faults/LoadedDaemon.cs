using System.Text.Json;
using Varve.Client;
using Varve.Crash.Writer;
using Varve.Testing.Processes;

namespace Varve.Crash.Tests.Faults;

/// <summary>A daemon under load: appends whose acknowledgements are kept, and what an operator asks. One caller at a time.</summary>
internal sealed class LoadedDaemon(VarveDaemon daemon) : IDisposable
{
    public const string Stream = "s";
    public const int WriterCount = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly HttpClient _http = new();
    private readonly VarveClient _client = new(new VarveClientOptions { Endpoint = daemon.Endpoint });
    private readonly List<Acknowledged> _told = [];
    private readonly Lock _gate = new();

    public IReadOnlyList<Acknowledged> Told => _told;

    public Task CreateAsync() => _client.CreateStreamAsync(Stream, CrashRows.Schema, ifNotExists: true);

    /// <summary>Each writer appends until it is refused. Returns the refusals.</summary>
    public async Task<VarveException[]> AppendUntilRefusedAsync(int firstBatch, int rows, int payloadBytes) =>
        await Task.WhenAll(Enumerable.Range(0, WriterCount).Select(w => Task.Run(() => AppendUntilRefusedAsync(w, firstBatch, rows, payloadBytes))));

    /// <summary>Appends one batch as soon as it is taken.</summary>
    public async Task AppendWhenTakenAsync(int batch)
    {
        for (long started = TimeProvider.System.GetTimestamp(); ;)
        {
            try
            {
                await using StreamAppender appender = _client.OpenAppender(Stream);
                Tell(0, batch, await await appender.AppendAsync(CrashRows.Batch(0, batch, 3, 50)));
                return;
            }
            catch (VarveException) when (TimeProvider.System.GetElapsedTime(started) < Patience)
            {
                await Task.Yield();
            }
        }
    }

    public async Task<IReadOnlyList<StoredRows>> ReadAsync()
    {
        List<StoredRows> rows = [];
        await foreach (StreamRows read in _client.ReadAsync(Stream))
            rows.Add(new StoredRows(read.FirstOffset, read.Rows.RowCount, read.Rows.Columns));
        return rows;
    }

    /// <summary>What `varve status` says of the node's state, and its exit code.</summary>
    public async Task<(string State, string? Reason, int ExitCode)> StatusAsync()
    {
        VarveResult result = await daemon.RunAsync("status", "--json");
        using JsonDocument status = JsonDocument.Parse(result.Output);
        return (status.RootElement.GetProperty("state").GetString()!, status.RootElement.GetProperty("stop_reason").GetString(), result.ExitCode);
    }

    /// <summary>The status of a page of the HTTP listener, and its text.</summary>
    public async Task<(int Status, string Text)> GetAsync(string page)
    {
        using HttpResponseMessage answer = await _http.GetAsync(new Uri($"http://{daemon.HttpEndpoint}{page}"));
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public void Dispose()
    {
        _http.Dispose();
        _client.Dispose();
    }

    private async Task<VarveException> AppendUntilRefusedAsync(int writer, int firstBatch, int rows, int payloadBytes)
    {
        try
        {
            await using StreamAppender appender = _client.OpenAppender(Stream);
            for (int batch = firstBatch; ; batch++)
                Tell(writer, batch, await await appender.AppendAsync(CrashRows.Batch(writer, batch, rows, payloadBytes)));
        }
        catch (VarveException refused)
        {
            return refused;
        }
    }

    private void Tell(int writer, int batch, AppendAck ack)
    {
        lock (_gate)
            _told.Add(new Acknowledged(Stream, writer, batch, ack.FirstOffset, (int)ack.RowCount));
    }
}
