using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Varve.Arrow;
using Varve.Arrow.Ipc;
using Varve.Protocol.V1;
using Varve.Rpc.Client;

namespace Varve.Client;

/// <summary>
/// A connection to a Varve daemon: streams over <c>varve.v1</c>, SQL over Flight SQL. Safe for any number of threads. Rows and small calls go over
/// connections of their own, so that an export does not hold up a status call.
/// </summary>
/// <exception cref="VarveException">Thrown by every call that the daemon refuses or that does not reach it.</exception>
public sealed partial class VarveClient : IDisposable
{
    private readonly GrpcChannel _calls;
    private readonly GrpcChannel _rows;
    private readonly VarveClientOptions _options;

    public VarveClient(VarveClientOptions options)
    {
        _options = options;
        var address = new Uri($"{(options.UseTls ? "https" : "http")}://{options.Endpoint}");
        var channel = new GrpcChannelOptions
        {
            MaxReceiveMessageBytes = options.MaxMessageBytes,
            BearerToken = options.Token,
            Tls = options.UseTls ? Tls(options) : null,
            UserAgent = "varve-dotnet/" + typeof(VarveClient).Assembly.GetName().Version?.ToString(3),
        };
        _calls = new GrpcChannel(address, channel);
        _rows = new GrpcChannel(address, channel);
    }

    /// <summary>Makes a stream; it is durable when the task completes.</summary>
    public Task<CreateStreamResponse> CreateStreamAsync(
        string name, Schema schema, bool ifNotExists = false, CancellationToken cancellation = default) =>
        CreateStreamAsync(name, schema, settings: null, ifNotExists, cancellation);

    /// <summary>As the other, with settings; null: rows stand as they come, and all are kept.</summary>
    public async Task<CreateStreamResponse> CreateStreamAsync(
        string name, Schema schema, StreamSettings? settings, bool ifNotExists = false, CancellationToken cancellation = default) =>
        await CallAsync<CreateStreamRequest, CreateStreamResponse>(
            "CreateStream",
            new CreateStreamRequest { Name = name, ArrowSchema = Encode(schema), IfNotExists = ifNotExists, Settings = settings },
            cancellation);

    /// <summary>Adds nullable columns at the end of a stream's schema.</summary>
    public Task<StreamDescription> AddColumnsAsync(string name, IReadOnlyList<Field> columns, CancellationToken cancellation = default) =>
        AlterStreamAsync(name, columns, change: null, cancellation);

    /// <summary>Adds nullable columns at the end of a stream's schema, then changes its settings; each is durable by itself.</summary>
    /// <param name="name">The stream's name.</param>
    /// <param name="columns">Empty: none are added.</param>
    /// <param name="change">What it leaves out stays as it is; null: nothing changes.</param>
    /// <param name="cancellation">Ends the call; the change may or may not have been made.</param>
    public async Task<StreamDescription> AlterStreamAsync(
        string name, IReadOnlyList<Field> columns, SettingsChange? change, CancellationToken cancellation = default)
    {
        var request = new AlterStreamRequest { Name = name, ChangeSettings = change };
        if (columns.Count > 0)
            request.AddArrowSchema = Encode(new Schema(columns));
        return (await CallAsync<AlterStreamRequest, AlterStreamResponse>("AlterStream", request, cancellation)).Stream;
    }

    /// <summary>Removes a stream and its rows.</summary>
    /// <returns>False where there was none, which is an error unless <paramref name="ifExists"/>.</returns>
    public async Task<bool> DropStreamAsync(string name, bool ifExists = false, CancellationToken cancellation = default) =>
        (await CallAsync<DropStreamRequest, DropStreamResponse>(
            "DropStream", new DropStreamRequest { Name = name, IfExists = ifExists }, cancellation)).Dropped;

    public async Task<StreamDescription> DescribeStreamAsync(string name, CancellationToken cancellation = default) =>
        (await CallAsync<DescribeStreamRequest, DescribeStreamResponse>(
            "DescribeStream", new DescribeStreamRequest { Name = name }, cancellation)).Stream;

    /// <summary>A stream with what its columns take in segments.</summary>
    public Task<DescribeStreamResponse> DescribeStorageAsync(string name, CancellationToken cancellation = default) =>
        CallAsync<DescribeStreamRequest, DescribeStreamResponse>(
            "DescribeStream", new DescribeStreamRequest { Name = name, IncludeStorage = true }, cancellation);

    /// <summary>Moves the rows of a stream that are in memory into segments; they are there when the task completes.</summary>
    /// <param name="name">The stream's name.</param>
    /// <param name="cancellation">Ends the wait, not the work. There is no time limit.</param>
    public async Task<StreamDescription> FlushStreamAsync(string name, CancellationToken cancellation = default) =>
        (await WorkAsync<FlushStreamRequest, FlushStreamResponse>("FlushStream", new FlushStreamRequest { Name = name }, cancellation)).Stream;

    /// <summary>Merges the segments of a stream and orders them as its settings say.</summary>
    /// <inheritdoc cref="FlushStreamAsync"/>
    public async Task<StreamDescription> CompactStreamAsync(string name, CancellationToken cancellation = default) =>
        (await WorkAsync<CompactStreamRequest, CompactStreamResponse>(
            "CompactStream", new CompactStreamRequest { Name = name }, cancellation)).Stream;

    /// <summary>All streams whose names start so, by name.</summary>
    public async Task<IReadOnlyList<StreamDescription>> ListStreamsAsync(string prefix = "", CancellationToken cancellation = default) =>
        (await CallAsync<ListStreamsRequest, ListStreamsResponse>("ListStreams", new ListStreamsRequest { Prefix = prefix }, cancellation)).Streams;

    public Task<GetStatusResponse> GetStatusAsync(CancellationToken cancellation = default) =>
        CallAsync<GetStatusRequest, GetStatusResponse>(Method(AdminReflection.Descriptor, "GetStatus"), new GetStatusRequest(), cancellation);

    /// <summary>The node's keys, without their secrets; none where nothing is encrypted.</summary>
    public async Task<IReadOnlyList<Key>> ListKeysAsync(CancellationToken cancellation = default) =>
        (await CallAsync<ListKeysRequest, ListKeysResponse>(
            Method(AdminReflection.Descriptor, "ListKeys"), new ListKeysRequest(), cancellation)).Keys;

    /// <summary>Makes a new key, for what is written from now on. Returns its version; 0 for the root key.</summary>
    public async Task<int> RotateKeyAsync(RotateKeyRequest request, CancellationToken cancellation = default) =>
        (await CallAsync<RotateKeyRequest, RotateKeyResponse>(Method(AdminReflection.Descriptor, "RotateKey"), request, cancellation)).Version;

    /// <summary>
    /// Has the daemon read and verify everything that it has. Gives each damage as it is found, and the sum last.
    /// </summary>
    public async IAsyncEnumerable<CheckResponse> CheckAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using ServerStreamingCall<CheckResponse> call = _calls.ServerStreaming<CheckRequest, CheckResponse>(
            Method(AdminReflection.Descriptor, "Check"), new CheckRequest(), new CallOptions { Cancellation = cancellation });
        while (await Failures.Translate(call.ResponseStream.ReadAsync(), cancellation) is { } response)
            yield return response;
    }

    /// <summary>Opens an appender to one stream. The caller disposes it.</summary>
    /// <param name="stream">The stream's name.</param>
    /// <param name="maxUnacknowledgedBytes">Appends wait while more than that is under way.</param>
    /// <param name="cancellation">Ends the appender; what is under way may or may not have been taken.</param>
    public StreamAppender OpenAppender(string stream, long maxUnacknowledgedBytes = 32 << 20, CancellationToken cancellation = default) =>
        new(_rows.Duplex<AppendRequest, AppendResponse>(StreamMethod("Append"), new CallOptions { Cancellation = cancellation }),
            stream, maxUnacknowledgedBytes);

    /// <summary>
    /// Opens a producer, whose batches are stored once each. Whoever has it open under the same name is cut off. The caller disposes it.
    /// </summary>
    /// <param name="name">Names the sequence of batches for ever, such as the partition of the input that they are made of.</param>
    /// <param name="options">How it sends.</param>
    /// <param name="cancellation">Ends the opening.</param>
    public async Task<Producer> OpenProducerAsync(string name, ProducerOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new ProducerOptions();
        Protocol.V1.Producer session = await Producer.OpenAsync(
            () => CallAsync<OpenProducerRequest, OpenProducerResponse>(
                ProducerMethod("OpenProducer"), new OpenProducerRequest { Name = name }, cancellation),
            options,
            TimeProvider.System,
            cancellation);
        return new Producer(
            token => _rows.Duplex<AppendRequest, AppendResponse>(StreamMethod("Append"), new CallOptions { Cancellation = token }),
            session,
            options,
            TimeProvider.System);
    }

    /// <summary>The producers that the daemon knows, by name.</summary>
    public async Task<IReadOnlyList<Protocol.V1.Producer>> ListProducersAsync(CancellationToken cancellation = default) =>
        (await CallAsync<ListProducersRequest, ListProducersResponse>(
            ProducerMethod("ListProducers"), new ListProducersRequest(), cancellation)).Producers;

    /// <summary>
    /// Appends to several streams, to each once: the rows become durable and visible together, or none of them does. The answers are in the order of
    /// the appends.
    /// </summary>
    public async Task<IReadOnlyList<AppendAck>> AppendTogetherAsync(
        IReadOnlyList<StreamBatch> appends, CancellationToken cancellation = default)
    {
        var request = new AppendTogetherRequest { Appends = { appends.Select(a => a.ToRequest()) } };
        AppendTogetherResponse response = await CallAsync<AppendTogetherRequest, AppendTogetherResponse>("AppendTogether", request, cancellation);
        return [.. response.Appends.Select(AppendAck.Of)];
    }

    /// <summary>Appends one batch and waits for its acknowledgement. For many batches an appender is far faster.</summary>
    public async Task<AppendAck> AppendAsync(string stream, RecordBatch batch, CancellationToken cancellation = default)
    {
        await using StreamAppender appender = OpenAppender(stream, cancellation: cancellation);
        return await await appender.AppendAsync(batch);
    }

    /// <summary>Rows in order of their offsets, as the caller takes them: the daemon waits for a slow reader.</summary>
    public async IAsyncEnumerable<StreamRows> ReadAsync(
        string stream, ReadOptions? options = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        options ??= new ReadOptions();
        using ServerStreamingCall<ReadResponse> call = _rows.ServerStreaming<ReadRequest, ReadResponse>(
            StreamMethod("Read"), Request(stream, options), new CallOptions { Cancellation = cancellation, Headers = options.ToMetadata() });
        var reader = new IpcPieceReader();
        while (await Failures.Translate(call.ResponseStream.ReadAsync(), cancellation) is { } response)
        {
            // One batch in each, but for the first one, which has none.
            foreach (RecordBatch rows in reader.Read(response.Arrow.Memory))
                yield return new StreamRows(response.FirstOffset, rows, response.Position, response.EndOffset, response.NextOffset);
        }
    }

    /// <summary>Runs a SQL query. The answer streams; the caller disposes it, which ends the query.</summary>
    public Task<SqlAnswer> QueryAsync(string sql, CancellationToken cancellation = default) => QueryAsync(sql, new ViewOptions(), cancellation);

    /// <summary>As the other, over what the options say of the streams.</summary>
    public Task<SqlAnswer> QueryAsync(string sql, ViewOptions options, CancellationToken cancellation = default) =>
        SqlAnswer.OpenAsync(_rows, sql, new CallOptions { Cancellation = cancellation, Headers = options.ToMetadata() });

    public void Dispose()
    {
        _calls.Dispose();
        _rows.Dispose();
    }

    internal static MethodDescriptor Method(FileDescriptor file, string name) => file.Services[0].FindMethodByName(name);

    private static MethodDescriptor ProducerMethod(string name) => Method(ProducersReflection.Descriptor, name);

    private static MethodDescriptor StreamMethod(string name) => Method(StreamsReflection.Descriptor, name);

    private static ByteString Encode(Schema schema) => UnsafeByteOperations.UnsafeWrap(SchemaMessage.EncodeEncapsulated(schema));

    private static ReadRequest Request(string stream, ReadOptions options)
    {
        var request = new ReadRequest { Stream = stream, Follow = options.Follow, Format = RowFormat.Arrow };
        if (options.FromOffset is { } from)
            request.FromOffset = from;
        if (options.LastRows is { } last)
            request.LastRows = last;
        if (options.AfterPosition is { } position)
            request.AfterPosition = position;
        if (options.ToOffset is { } to)
            request.ToOffset = to;
        request.MaxRows = options.MaxRows ?? 0;
        request.Filter = options.Filter ?? "";
        request.Columns.Add(options.Columns);
        return request;
    }

    private static ClientTlsOptions Tls(VarveClientOptions options)
    {
        if (options.CertificateAuthorityFile is not { } file)
            return new ClientTlsOptions();
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(file);
        return new ClientTlsOptions { RootCertificates = roots };
    }

    private Task<TResponse> CallAsync<TRequest, TResponse>(string method, TRequest request, CancellationToken cancellation)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        CallAsync<TRequest, TResponse>(StreamMethod(method), request, cancellation);

    /// <summary>A call that may take as long as its work does.</summary>
    private Task<TResponse> WorkAsync<TRequest, TResponse>(string method, TRequest request, CancellationToken cancellation)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        CallAsync<TRequest, TResponse>(StreamMethod(method), request, new CallOptions { Cancellation = cancellation });

    private Task<TResponse> CallAsync<TRequest, TResponse>(MethodDescriptor method, TRequest request, CancellationToken cancellation)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        CallAsync<TRequest, TResponse>(method, request, new CallOptions { Timeout = _options.CallTimeout, Cancellation = cancellation });

    private async Task<TResponse> CallAsync<TRequest, TResponse>(MethodDescriptor method, TRequest request, CallOptions options)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        await Failures.Translate(
            new ValueTask<TResponse>(_calls.CallUnaryAsync<TRequest, TResponse>(method, request, options)), options.Cancellation);
}
