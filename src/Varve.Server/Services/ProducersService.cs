using Google.Protobuf.Reflection;
using Varve.Protocol.V1;
using Varve.Rpc.Server;
using Varve.Storage;

namespace Varve.Server.Services;

/// <summary>varve.v1.Producers. Stateless: any number of calls at once.</summary>
internal sealed class ProducersService(StorageEngine engine, TimeProvider time) : IService
{
    public void Map(GrpcServer server)
    {
        ServiceDescriptor service = ProducersReflection.Descriptor.Services.Single(s => s.Name == "Producers");
        server.AddUnary<OpenProducerRequest, OpenProducerResponse>(service.FindMethodByName("OpenProducer"), OpenAsync);
        server.AddUnary<ListProducersRequest, ListProducersResponse>(service.FindMethodByName("ListProducers"), (_, _) => ListAsync());
    }

    private async Task<OpenProducerResponse> OpenAsync(OpenProducerRequest request, ServerCall call)
    {
        ProducerSession session = await engine.OpenProducerAsync(request.Name, call.Cancelled);
        return new OpenProducerResponse { Producer = ProducerText.Describe(new ProducerDescription(session, time.GetUtcNow())) };
    }

    private async Task<ListProducersResponse> ListAsync() =>
        new() { Producers = { (await engine.ListProducersAsync()).Select(ProducerText.Describe) } };
}
