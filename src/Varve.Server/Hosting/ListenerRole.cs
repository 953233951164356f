namespace Varve.Server.Hosting;

/// <summary>What a port is for.</summary>
internal enum ListenerRole
{
    /// <summary>gRPC, Arrow Flight, Flight SQL.</summary>
    Grpc,

    /// <summary>Health, readiness, metrics.</summary>
    Http,
}
