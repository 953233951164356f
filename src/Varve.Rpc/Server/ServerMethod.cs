using Google.Protobuf.Reflection;

namespace Varve.Rpc.Server;

/// <summary>A method that the server answers.</summary>
public sealed class ServerMethod
{
    internal ServerMethod(string path, MethodKind kind, MethodDescriptor? descriptor, ServerMethodOptions? options, Func<ServerCall, Task> handler)
    {
        Path = path;
        Kind = kind;
        Descriptor = descriptor;
        Options = options ?? ServerMethodOptions.Default;
        Handler = handler;
    }

    /// <summary>/package.Service/Method, case-sensitive.</summary>
    public string Path { get; }

    public MethodKind Kind { get; }

    /// <summary>Null where the method was registered by its path alone.</summary>
    public MethodDescriptor? Descriptor { get; }

    public ServerMethodOptions Options { get; }

    internal Func<ServerCall, Task> Handler { get; }

    public override string ToString() => Path;

    /// <summary>The path that a descriptor's method is called by.</summary>
    public static string PathOf(MethodDescriptor method) => $"/{method.Service.FullName}/{method.Name}";

    internal static MethodKind KindOf(MethodDescriptor method) => (method.IsClientStreaming, method.IsServerStreaming) switch
    {
        (false, false) => MethodKind.Unary,
        (false, true) => MethodKind.ServerStreaming,
        (true, false) => MethodKind.ClientStreaming,
        (true, true) => MethodKind.Bidirectional,
    };
}
