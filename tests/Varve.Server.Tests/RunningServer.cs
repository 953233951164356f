using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Arrow.Json;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Rpc.Client;
using Varve.Server.Configuration;
using Varve.Testing;

namespace Varve.Server.Tests;

/// <summary>A whole daemon in this process, on ports that the system chose and a directory of its own, with a channel to it.</summary>
public sealed class RunningServer : IAsyncLifetime, IAsyncDisposable
{
    /// <summary>A machine that does much else at the same time may take its time to accept a connection.</summary>
    private static readonly GrpcChannelOptions PatientChannel = new() { ConnectTimeout = TimeSpan.FromMinutes(1) };

    private readonly TempDirectory _directory = new("server");
    private readonly Action<VarveServerOptions> _configure;
    private readonly GrpcChannelOptions _channelOptions;
    private int _streamCount;

    /// <summary>For class fixtures.</summary>
    public RunningServer()
        : this(_ => { }, PatientChannel)
    {
    }

    private RunningServer(Action<VarveServerOptions> configure, GrpcChannelOptions channelOptions)
    {
        _configure = configure;
        _channelOptions = channelOptions;
    }

    public VarveServer Server { get; private set; } = null!;

    public GrpcChannel Channel { get; private set; } = null!;

    public LogCapture Log { get; } = new();

    public string DirectoryPath => _directory.Path;

    private static ServiceDescriptor Streams { get; } = StreamsReflection.Descriptor.Services[0];

    public static async Task<RunningServer> StartAsync(Action<VarveServerOptions>? configure = null, GrpcChannelOptions? channelOptions = null)
    {
        var running = new RunningServer(configure ?? (_ => { }), channelOptions ?? PatientChannel);
        try
        {
            await running.InitializeAsync();
            return running;
        }
        catch
        {
            running._directory.Dispose();
            throw;
        }
    }

    public static VarveServerOptions Options(string directory)
    {
        var options = new VarveServerOptions();
        options.Data.Directory = directory;
        options.Listen.Grpc = Endpoint.Parse("127.0.0.1:0");
        options.Listen.Http = Endpoint.Parse("127.0.0.1:0");
        return options;
    }

    public async Task InitializeAsync()
    {
        VarveServerOptions options = Options(_directory.Path);
        _configure(options);
        Server = await VarveServer.StartAsync(options, Log.Factory);
        string scheme = options.Tls.CertificateFile.Length > 0 ? "https" : "http";
        Channel = new GrpcChannel(new Uri($"{scheme}://{Server.GrpcEndpoint}"), _channelOptions);
    }

    public GrpcChannel OpenChannel(GrpcChannelOptions? options = null) => new(Channel.Address, options ?? _channelOptions);

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await Server.DisposeAsync();
        Log.Factory.Dispose();
        _directory.Dispose();
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public static MethodDescriptor Method(string name) => Streams.FindMethodByName(name);

    public Task<TResponse> CallAsync<TRequest, TResponse>(string method, TRequest request)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new()
        => Channel.CallUnaryAsync<TRequest, TResponse>(Method(method), request);

    /// <summary>Creates a stream with a name that no other test uses.</summary>
    /// <param name="columns">Name and type, such as "a int64" or "b utf8 not null".</param>
    public async Task<StreamDescription> CreateAsync(params string[] columns)
    {
        string name = $"s{Interlocked.Increment(ref _streamCount)}";
        var request = new CreateStreamRequest { Name = name, Columns = new Columns() };
        request.Columns.Columns_.AddRange(columns.Select(Column));
        return (await CallAsync<CreateStreamRequest, CreateStreamResponse>("CreateStream", request)).Stream;
    }

    public static Column Column(string text)
    {
        bool isNotNull = text.EndsWith(" not null", StringComparison.Ordinal);
        string rest = isNotNull ? text[..^" not null".Length] : text;
        int space = rest.IndexOf(' ', StringComparison.Ordinal);
        return new Column { Name = rest[..space], Type = rest[(space + 1)..], NotNull = isNotNull };
    }

    public DuplexCall<AppendRequest, AppendResponse> OpenAppend() => Channel.Duplex<AppendRequest, AppendResponse>(Method("Append"));

    /// <summary>One request in a call of its own.</summary>
    public async Task<AppendResponse> AppendAsync(AppendRequest request)
    {
        using DuplexCall<AppendRequest, AppendResponse> call = OpenAppend();
        await call.RequestStream.WriteAsync(request);
        await call.RequestStream.CompleteAsync();
        AppendResponse response = (await call.ResponseStream.ReadAsync())!;
        Assert.Null(await call.ResponseStream.ReadAsync());
        return response;
    }

    public Task<AppendResponse> AppendJsonAsync(string stream, string json) => AppendAsync(Json(stream, json));

    public static AppendRequest Json(string stream, string json) => new() { Stream = stream, Json = ByteString.CopyFromUtf8(json) };

    public static AppendRequest Arrow(string stream, params RecordBatch[] batches)
    {
        using var bytes = new MemoryStream();
        using (var writer = new IpcStreamWriter(bytes, batches[0].Schema, leaveOpen: true))
        {
            foreach (RecordBatch batch in batches)
                writer.Write(batch);
        }

        return new AppendRequest { Stream = stream, Arrow = ByteString.CopyFrom(bytes.ToArray()) };
    }

    public ServerStreamingCall<ReadResponse> OpenRead(ReadRequest request, CallOptions? options = null) =>
        Channel.ServerStreaming<ReadRequest, ReadResponse>(Method("Read"), request, options);

    public async Task<List<ReadResponse>> ReadAsync(ReadRequest request)
    {
        using ServerStreamingCall<ReadResponse> call = OpenRead(request);
        List<ReadResponse> responses = [];
        await foreach (ReadResponse response in call.ResponseStream.ReadAllAsync())
            responses.Add(response);
        return responses;
    }

    /// <summary>All rows of a read as JSON lines.</summary>
    public async Task<string> ReadJsonAsync(ReadRequest request)
    {
        request.Format = RowFormat.Json;
        return string.Concat((await ReadAsync(request)).Select(r => r.Json.ToStringUtf8()));
    }

    public async Task<string> HttpGetAsync(string path, string? token = null)
    {
        (int status, string body) = await HttpAsync(path, token);
        Assert.Equal(200, status);
        return body;
    }

    public async Task<(int Status, string Body)> HttpAsync(string path, string? token = null)
    {
        using var client = new HttpClient();
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using HttpResponseMessage response = await client.GetAsync(new Uri($"http://{Server.HttpEndpoint}{path}"));
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public static RecordBatch Rows(Schema schema, string json) => JsonRows.Parse(schema, Encoding.UTF8.GetBytes(json));

    public static ErrorDetail DetailOf(RpcException e)
    {
        ErrorDetail? detail = e.FindDetail<ErrorDetail>();
        Assert.True(detail is not null, $"{e.Code}: {e.Message} has no ErrorDetail");
        return detail;
    }
}
