using Google.Protobuf.Reflection;
using Varve.Rpc.Reflection.V1;
using Varve.Rpc.Server;
using Asked = Varve.Rpc.Reflection.V1.ServerReflectionRequest.MessageRequestOneofCase;

namespace Varve.Rpc.Reflection;

/// <summary>
/// grpc.reflection.v1 and v1alpha, whose messages are the same on the wire: lets tools list services and call them without proto files. Thread-safe.
/// </summary>
public sealed class ReflectionService
{
    private readonly GrpcServer _server;
    private readonly Lazy<DescriptorIndex> _index;

    private ReflectionService(GrpcServer server)
    {
        _server = server;
        _index = new Lazy<DescriptorIndex>(() => new DescriptorIndex(server.Files));
    }

    /// <summary>Adds reflection on all services of the server, also those added later, and on the standard details of errors.</summary>
    public static void AddTo(GrpcServer server, ServerMethodOptions? options = null)
    {
        var service = new ReflectionService(server);
        server.AddFile(Google.Rpc.StatusReflection.Descriptor);
        server.AddFile(Google.Rpc.ErrorDetailsReflection.Descriptor);
        server.AddBidi(MethodOf(ReflectionReflection.Descriptor), service.AnswerAsync, options);
        server.AddBidi(MethodOf(V1Alpha.ReflectionReflection.Descriptor), service.AnswerAsync, options);
    }

    private static MethodDescriptor MethodOf(FileDescriptor file) => file.Services[0].FindMethodByName("ServerReflectionInfo");

    private async Task AnswerAsync(ServerCall call)
    {
        while (await call.ReadAsync<ServerReflectionRequest>() is { } request)
        {
            ServerReflectionResponse response = Answer(request);
            response.ValidHost = request.Host;
            response.OriginalRequest = request;
            await call.WriteAsync(response);
        }
    }

    private ServerReflectionResponse Answer(ServerReflectionRequest request)
    {
        DescriptorIndex index = _index.Value;
        return request.MessageRequestCase switch
        {
            Asked.ListServices => ListServices(),
            Asked.FileByFilename => FileOrNotFound(index.FindFile(request.FileByFilename), $"file {request.FileByFilename}"),
            Asked.FileContainingSymbol => FileOrNotFound(index.FindSymbol(request.FileContainingSymbol), $"symbol {request.FileContainingSymbol}"),
            Asked.FileContainingExtension => FileOrNotFound(
                index.FindExtension(request.FileContainingExtension.ContainingType, request.FileContainingExtension.ExtensionNumber),
                $"extension {request.FileContainingExtension.ExtensionNumber} of {request.FileContainingExtension.ContainingType}"),
            Asked.AllExtensionNumbersOfType => ExtensionNumbers(index, request.AllExtensionNumbersOfType),
            _ => Error(StatusCode.InvalidArgument, "the request asks for nothing that this server knows"),
        };
    }

    private ServerReflectionResponse ListServices()
    {
        var list = new ListServiceResponse();
        foreach (ServiceDescriptor service in _server.Files.SelectMany(file => file.Services))
            list.Service.Add(new ServiceResponse { Name = service.FullName });
        return new ServerReflectionResponse { ListServicesResponse = list };
    }

    private static ServerReflectionResponse FileOrNotFound(FileDescriptor? file, string what)
    {
        if (file is null)
            return Error(StatusCode.NotFound, $"{what} is not known here");
        var found = new FileDescriptorResponse();
        foreach (FileDescriptor each in DescriptorIndex.Closure(file))
            found.FileDescriptorProto.Add(each.SerializedData);
        return new ServerReflectionResponse { FileDescriptorResponse = found };
    }

    private static ServerReflectionResponse ExtensionNumbers(DescriptorIndex index, string type)
    {
        if (index.FindExtensionNumbers(type) is not { } numbers)
            return Error(StatusCode.NotFound, $"type {type} is not known here");
        var found = new ExtensionNumberResponse { BaseTypeName = type };
        found.ExtensionNumber.AddRange(numbers);
        return new ServerReflectionResponse { AllExtensionNumbersResponse = found };
    }

    private static ServerReflectionResponse Error(StatusCode code, string message) =>
        new() { ErrorResponse = new ErrorResponse { ErrorCode = (int)code, ErrorMessage = message } };
}
