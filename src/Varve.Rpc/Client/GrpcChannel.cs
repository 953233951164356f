using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Varve.Rpc.Server;

namespace Varve.Rpc.Client;

/// <summary>
/// Calls to one server, over a connection made at the first call and again when it breaks. Thread-safe. Calls share the connection; a second
/// channel keeps small calls from waiting behind a bulk stream.
/// </summary>
public sealed class GrpcChannel : IDisposable
{
    private const string DisableDynamicWindowSizing = "System.Net.SocketsHttpHandler.Http2FlowControl.DisableDynamicWindowSizing";

    private readonly HttpMessageInvoker _http;
    private readonly CancellationTokenSource _closed = new();

    /// <summary>
    /// A switch of the whole process, read once when HTTP/2 is first used: an application that says otherwise in its runtimeconfig keeps its way.
    /// </summary>
    static GrpcChannel()
    {
        if (!AppContext.TryGetSwitch(DisableDynamicWindowSizing, out _))
            AppContext.SetSwitch(DisableDynamicWindowSizing, true);
    }

    /// <param name="address">http://host:port for clear text (HTTP/2 with prior knowledge), https://host:port for TLS.</param>
    /// <param name="options">Null for the defaults.</param>
    public GrpcChannel(Uri address, GrpcChannelOptions? options = null)
    {
        if (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
            throw new ArgumentException($"the address '{address}' must start with http:// or https://", nameof(address));
        Address = address;
        Options = options ?? new GrpcChannelOptions();
        _http = new HttpMessageInvoker(CreateHandler(Options));
    }

    public Uri Address { get; }

    public GrpcChannelOptions Options { get; }

    /// <summary>Calls a unary method and waits for its response.</summary>
    /// <exception cref="RpcException">The call ended with a status other than OK.</exception>
    public async Task<TResponse> CallUnaryAsync<TRequest, TResponse>(MethodDescriptor method, TRequest request, CallOptions? options = null)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new()
    {
        using UnaryCall<TResponse> call = Unary<TRequest, TResponse>(method, request, options);
        return await call.ResponseAsync();
    }

    /// <summary>Starts a unary call whose metadata matters too.</summary>
    public UnaryCall<TResponse> Unary<TRequest, TResponse>(MethodDescriptor method, TRequest request, CallOptions? options = null)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new()
        => new(Start(method, MethodKind.Unary, options, request));

    public ServerStreamingCall<TResponse> ServerStreaming<TRequest, TResponse>(MethodDescriptor method, TRequest request, CallOptions? options = null)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new()
        => new(Start(method, MethodKind.ServerStreaming, options, request));

    public ClientStreamingCall<TRequest, TResponse> ClientStreaming<TRequest, TResponse>(MethodDescriptor method, CallOptions? options = null)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new()
        => new(Start(method, MethodKind.ClientStreaming, options, null));

    public DuplexCall<TRequest, TResponse> Duplex<TRequest, TResponse>(MethodDescriptor method, CallOptions? options = null)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new()
        => new(Start(method, MethodKind.Bidirectional, options, null));

    /// <summary>Ends the connections. Calls under way fail with CANCELLED.</summary>
    public void Dispose()
    {
        _closed.Cancel();
        _http.Dispose();
    }

    /// <summary>Fires when the channel is disposed: HttpClient alone would let calls under way go on.</summary>
    internal CancellationToken Closed => _closed.Token;

    internal Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _http.SendAsync(request, cancellationToken);

    private Exchange Start(MethodDescriptor method, MethodKind kind, CallOptions? options, IMessage? request)
    {
        if (ServerMethod.KindOf(method) != kind)
            throw new ArgumentException($"{method.FullName} is {ServerMethod.KindOf(method)}, not {kind}", nameof(method));
        return new Exchange(this, ServerMethod.PathOf(method), options ?? CallOptions.Default, request);
    }

    private static SocketsHttpHandler CreateHandler(GrpcChannelOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            InitialHttp2StreamWindowSize = options.StreamWindowBytes,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = options.ConnectTimeout,
            KeepAlivePingDelay = options.KeepAlivePingDelay,
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
        };
        if (options.Tls is { } tls)
            Apply(tls, handler.SslOptions);
        handler.ConnectCallback = options.UnixSocketPath is { } path
            ? (_, cancellationToken) => ConnectUnixAsync(path, cancellationToken)
            : static (context, cancellationToken) => ConnectTcpAsync(context.DnsEndPoint, cancellationToken);
        return handler;
    }

    [SuppressMessage("Security", "CA5359", Justification = "Only where the caller asked for it by name.")]
    private static void Apply(ClientTlsOptions tls, SslClientAuthenticationOptions ssl)
    {
        if (tls.SkipVerification)
            ssl.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        if (tls.RootCertificates is { } roots)
        {
            // A private authority seldom publishes a revocation list, and a lookup that can't succeed would only delay the connection.
            ssl.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            ssl.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }
    }

    private static ValueTask<Stream> ConnectUnixAsync(string path, CancellationToken cancellationToken) => ConnectAsync(
        new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), new UnixDomainSocketEndPoint(path), cancellationToken);

    private static ValueTask<Stream> ConnectTcpAsync(DnsEndPoint server, CancellationToken cancellationToken) =>
        ConnectAsync(new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }, server, cancellationToken);

    private static async ValueTask<Stream> ConnectAsync(Socket socket, EndPoint server, CancellationToken cancellationToken)
    {
        try
        {
            await socket.ConnectAsync(server, cancellationToken);
            return new ReadAheadStream(new NetworkStream(socket, ownsSocket: true));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
