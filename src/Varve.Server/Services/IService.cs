using Varve.Rpc.Server;

namespace Varve.Server.Services;

/// <summary>A gRPC service of the daemon; <see cref="ServiceList"/> names them all.</summary>
internal interface IService
{
    /// <summary>Adds the service's methods. Called once, before the server takes calls.</summary>
    void Map(GrpcServer server);
}
