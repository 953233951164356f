using Google.Protobuf;
using Google.Protobuf.Reflection;
using Varve.Rpc.Client;
using Varve.Rpc.Health;
using Varve.Rpc.Reflection;
using Varve.Rpc.Reflection.V1;
using Varve.Rpc.Tests.Hosting;
using Varve.Rpc.Tests.Wire;

namespace Varve.Rpc.Tests;

/// <summary>grpc.reflection.v1 and v1alpha, with the same questions.</summary>
public sealed class ReflectionTests
{
    private const string EnumValueOptions = "google.protobuf.EnumValueOptions";

    public static TheoryData<string> Versions => ["v1", "v1alpha"];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Services_are_listed_with_reflection_itself(string version)
    {
        ServerReflectionResponse response = await AskAsync(version, new ServerReflectionRequest { Host = "here", ListServices = "*" });
        Assert.Equal(
            ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection", "varve.rpc.tests.Echo"],
            response.ListServicesResponse.Service.Select(service => service.Name).Order());
        Assert.Equal("here", response.ValidHost);
        Assert.Equal("here", response.OriginalRequest.Host);
    }

    [Theory]
    [InlineData("varve.rpc.tests.Echo")]
    [InlineData("varve.rpc.tests.Echo.Chat")]
    [InlineData("varve.rpc.tests.Blob")]
    [InlineData("varve.rpc.tests.Blob.Nested")]
    [InlineData("varve.rpc.tests.Blob.Nested.depth")]
    [InlineData("varve.rpc.tests.Blob.Color")]
    [InlineData("varve.rpc.tests.Blob.choice")]
    [InlineData("varve.rpc.tests.hint")]
    public async Task Every_symbol_leads_to_its_file_and_all_that_it_imports(string symbol)
    {
        foreach (string version in new[] { "v1", "v1alpha" })
        {
            ServerReflectionResponse response = await AskAsync(version, new ServerReflectionRequest { FileContainingSymbol = symbol });
            AssertIsEchoFile(response);
        }
    }

    [Fact]
    public async Task A_file_is_found_by_its_name_also_one_that_is_only_imported()
    {
        AssertIsEchoFile(await AskAsync("v1", new ServerReflectionRequest { FileByFilename = EchoReflection.Descriptor.Name }));
        ServerReflectionResponse imported = await AskAsync("v1", new ServerReflectionRequest { FileByFilename = "google/protobuf/descriptor.proto" });
        Assert.Single(imported.FileDescriptorResponse.FileDescriptorProto);
        ServerReflectionResponse details = await AskAsync("v1", new ServerReflectionRequest { FileContainingSymbol = "google.rpc.ErrorInfo" });
        Assert.NotEmpty(details.FileDescriptorResponse.FileDescriptorProto);
    }

    [Fact]
    public async Task Extensions_are_found_by_type_and_number()
    {
        var asked = new ExtensionRequest { ContainingType = EnumValueOptions, ExtensionNumber = 50123 };
        AssertIsEchoFile(await AskAsync("v1", new ServerReflectionRequest { FileContainingExtension = asked }));
        ServerReflectionResponse numbers = await AskAsync("v1", new ServerReflectionRequest { AllExtensionNumbersOfType = EnumValueOptions });
        Assert.Equal(EnumValueOptions, numbers.AllExtensionNumbersResponse.BaseTypeName);
        Assert.Equal([50123], numbers.AllExtensionNumbersResponse.ExtensionNumber);
        ServerReflectionResponse none = await AskAsync("v1", new ServerReflectionRequest { AllExtensionNumbersOfType = "varve.rpc.tests.Blob" });
        Assert.Empty(none.AllExtensionNumbersResponse.ExtensionNumber);
    }

    public static TheoryData<string, StatusCode> BadQuestions => new()
    {
        { """{ "fileByFilename": "no/such.proto" }""", StatusCode.NotFound },
        { """{ "fileContainingSymbol": "no.such.Thing" }""", StatusCode.NotFound },
        { """{ "fileContainingExtension": { "containingType": "varve.rpc.tests.Blob", "extensionNumber": 1 } }""", StatusCode.NotFound },
        { """{ "allExtensionNumbersOfType": "no.such.Thing" }""", StatusCode.NotFound },
        { "{}", StatusCode.InvalidArgument },
    };

    [Theory]
    [MemberData(nameof(BadQuestions))]
    public async Task A_bad_question_is_answered_with_an_error_and_the_stream_goes_on(string question, StatusCode code)
    {
        ServerReflectionRequest request = ServerReflectionRequest.Parser.ParseJson(question);
        await using TestServer server = await StartAsync();
        using DuplexCall<ServerReflectionRequest, ServerReflectionResponse> call = Open(server);
        await call.RequestStream.WriteAsync(request).InTime();
        ServerReflectionResponse? response = await call.ResponseStream.ReadAsync().InTime();
        Assert.Equal((int)code, response!.ErrorResponse.ErrorCode);
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" }).InTime();
        Assert.NotNull((await call.ResponseStream.ReadAsync().InTime())!.ListServicesResponse);
    }

    private static void AssertIsEchoFile(ServerReflectionResponse response)
    {
        IEnumerable<FileDescriptorProto> files = response.FileDescriptorResponse.FileDescriptorProto.Select(FileDescriptorProto.Parser.ParseFrom);
        Assert.Equal(["google/protobuf/descriptor.proto", EchoReflection.Descriptor.Name], files.Select(file => file.Name));
    }

    private static async Task<ServerReflectionResponse> AskAsync(string version, ServerReflectionRequest request)
    {
        await using TestServer server = await StartAsync();
        if (version == "v1")
        {
            using DuplexCall<ServerReflectionRequest, ServerReflectionResponse> call = Open(server);
            await call.RequestStream.WriteAsync(request).InTime();
            return (await call.ResponseStream.ReadAsync().InTime())!;
        }

        RawResponse raw = await server.ConnectRaw().PostAsync(
            "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", RawHttp2.Frame(request.ToByteArray()));
        Assert.Equal(StatusCode.Ok, raw.Status);
        return ServerReflectionResponse.Parser.ParseFrom(raw.Body.AsSpan(5).ToArray());
    }

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(grpc =>
    {
        ReflectionService.AddTo(grpc);
        new HealthService().AddTo(grpc);
        grpc.AddUnary<Blob, Blob>(Echo.Say, (request, _) => Task.FromResult(request));
    });

    private static DuplexCall<ServerReflectionRequest, ServerReflectionResponse> Open(TestServer server) =>
        server.Connect().Duplex<ServerReflectionRequest, ServerReflectionResponse>(ReflectionReflection.Descriptor.Services[0].Methods[0]);
}
