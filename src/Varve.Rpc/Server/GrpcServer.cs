using System.Collections.Frozen;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http;

namespace Varve.Rpc.Server;

/// <summary>
/// The methods of a server, by path, and the middleware that speaks gRPC for them. Methods are added on one thread before the first call; from then
/// on the server is immutable and serves any number of calls at once.
/// </summary>
public sealed class GrpcServer
{
    private readonly Dictionary<string, ServerMethod> _methods = new(StringComparer.Ordinal);
    private readonly List<FileDescriptor> _files = [];
    private readonly CallRunner _runner;
    private FrozenDictionary<string, ServerMethod>? _serving;

    public GrpcServer(GrpcServerOptions? options = null) => _runner = new CallRunner(options ?? new GrpcServerOptions());

    /// <summary>The proto files whose services were added, in that order; what reflection tells.</summary>
    public IReadOnlyList<FileDescriptor> Files => _files;

    public IReadOnlyCollection<ServerMethod> Methods => _methods.Values;

    /// <summary>One request, one response.</summary>
    public void AddUnary<TRequest, TResponse>(
        MethodDescriptor method, Func<TRequest, ServerCall, Task<TResponse>> handler, ServerMethodOptions? options = null)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>
    {
        CheckTypes(method, MethodKind.Unary, typeof(TRequest), typeof(TResponse));
        Add(method, async call => call.Write(await handler(await call.ReadSingleAsync<TRequest>(), call)), options);
    }

    /// <summary>One request; the handler writes the responses.</summary>
    public void AddServerStreaming<TRequest>(MethodDescriptor method, Func<TRequest, ServerCall, Task> handler, ServerMethodOptions? options = null)
        where TRequest : class, IMessage<TRequest>, new()
    {
        CheckTypes(method, MethodKind.ServerStreaming, typeof(TRequest), null);
        Add(method, async call => await handler(await call.ReadSingleAsync<TRequest>(), call), options);
    }

    /// <summary>The handler reads the requests and returns the one response.</summary>
    public void AddClientStreaming<TResponse>(MethodDescriptor method, Func<ServerCall, Task<TResponse>> handler, ServerMethodOptions? options = null)
        where TResponse : class, IMessage<TResponse>
    {
        CheckTypes(method, MethodKind.ClientStreaming, null, typeof(TResponse));
        Add(method, async call => call.Write(await handler(call)), options);
    }

    /// <summary>The handler reads and writes as it likes.</summary>
    public void AddBidi(MethodDescriptor method, Func<ServerCall, Task> handler, ServerMethodOptions? options = null)
    {
        CheckTypes(method, MethodKind.Bidirectional, null, null);
        Add(method, handler, options);
    }

    /// <summary>A method of any kind whose handler does all reading and writing itself.</summary>
    public void Add(MethodDescriptor method, Func<ServerCall, Task> handler, ServerMethodOptions? options = null)
    {
        AddFile(method.File);
        Add(new ServerMethod(ServerMethod.PathOf(method), ServerMethod.KindOf(method), method, options, handler));
    }

    /// <summary>A method known by its path (/package.Service/Method) alone; treated as bidirectional and not told by reflection.</summary>
    public void Add(string path, Func<ServerCall, Task> handler, ServerMethodOptions? options = null) =>
        Add(new ServerMethod(path, MethodKind.Bidirectional, null, options, handler));

    /// <summary>Lets reflection tell a file that no service imports, such as one with details of errors.</summary>
    public void AddFile(FileDescriptor file)
    {
        if (!_files.Contains(file))
            _files.Add(file);
    }

    /// <summary>The terminal middleware: <c>app.Run(server.InvokeAsync)</c>.</summary>
    public Task InvokeAsync(HttpContext http)
    {
        FrozenDictionary<string, ServerMethod> methods = _serving ??= _methods.ToFrozenDictionary(StringComparer.Ordinal);
        return _runner.RunAsync(http, methods.GetValueOrDefault(http.Request.Path.Value ?? ""));
    }

    private void Add(ServerMethod method)
    {
        if (_serving is not null)
            throw new InvalidOperationException($"{method.Path} was added after the first call; methods are added before the server starts");
        if (!_methods.TryAdd(method.Path, method))
            throw new ArgumentException($"{method.Path} is there already", nameof(method));
    }

    private static void CheckTypes(MethodDescriptor method, MethodKind kind, Type? request, Type? response)
    {
        if (ServerMethod.KindOf(method) != kind)
            throw new ArgumentException($"{method.FullName} is {ServerMethod.KindOf(method)}, not {kind}", nameof(method));
        if (request is not null && method.InputType.ClrType != request)
            throw new ArgumentException($"{method.FullName} takes {method.InputType.FullName}, not {request.Name}", nameof(method));
        if (response is not null && method.OutputType.ClrType != response)
            throw new ArgumentException($"{method.FullName} returns {method.OutputType.FullName}, not {response.Name}", nameof(method));
    }
}
