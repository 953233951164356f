namespace Varve.Rpc.Server;

/// <summary>How many messages go each way.</summary>
public enum MethodKind
{
    Unary,
    ServerStreaming,
    ClientStreaming,
    Bidirectional,
}
