using System.Text;
using Google.Protobuf;
using Varve.Protocol.Flight;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Rpc.Client;
using Varve.Server.Security;
using Varve.Testing;

namespace Varve.Server.Tests.Flight;

public sealed class HandshakeTests : IAsyncLifetime, IDisposable
{
    private const string Token = "a-secret-token";

    private readonly TempDirectory _directory = new("tokens");
    private RunningServer _server = null!;

    public async Task InitializeAsync()
    {
        string file = _directory.File("tokens");
        await File.WriteAllTextAsync(file, TokensFile.Line("alpha", Token) + "\n");
        _server = await RunningServer.StartAsync(options => options.Auth.TokensFile = file);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    public static TheoryData<string, string?, byte[]> Ways() => new()
    {
        { "a Basic header", Basic("someone:" + Token), [] },
        { "a Basic header without padding", Basic("someone:" + Token).TrimEnd('='), [] },
        { "a Bearer header", "Bearer " + Token, [] },
        { "a BasicAuth payload", null, new BasicAuth { Username = "someone", Password = Token }.ToByteArray() },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_token_comes_in_headers_payload_and_trailers_before_the_client_ends(string way, string? header, byte[] payload)
    {
        using DuplexCall<HandshakeRequest, HandshakeResponse> call = Open(_server.Channel, header);
        await call.RequestStream.WriteAsync(new HandshakeRequest { Payload = ByteString.CopyFrom(payload) });

        // The client has not half-closed, and some never do.
        HandshakeResponse? response = await call.ResponseStream.ReadAsync();

        Assert.Equal((way, Token), (way, response?.Payload.ToStringUtf8()));
        Assert.Equal("Bearer " + Token, (await call.ResponseHeadersAsync()).GetText("authorization"));
        await call.RequestStream.CompleteAsync();
        Assert.Null(await call.ResponseStream.ReadAsync());
        Assert.Equal("Bearer " + Token, call.Trailers.GetText("authorization"));
    }

    [Fact]
    public async Task Handshakes_that_are_turned_off_are_refused_and_calls_bring_their_tokens()
    {
        string file = _directory.File("tokens");
        await using RunningServer server = await RunningServer.StartAsync(options =>
        {
            options.Auth.TokensFile = file;
            options.Auth.Handshake = false;
        });
        using DuplexCall<HandshakeRequest, HandshakeResponse> call = Open(server.Channel, "Bearer " + Token);

        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.ReadAsync());

        Assert.Equal(StatusCode.Unimplemented, e.Code);
        Assert.Contains("Auth:Handshake", e.Message, StringComparison.Ordinal);
        Assert.Equal(200, (await server.HttpAsync("/metrics", Token)).Status);
    }

    [Theory]
    [InlineData("Bearer wrong", "")]
    [InlineData("Basic !!!", "")]
    [InlineData(null, "")]
    [InlineData(null, "not a message")]
    public async Task Wrong_credentials_are_refused(string? header, string payload)
    {
        using DuplexCall<HandshakeRequest, HandshakeResponse> call = Open(_server.Channel, header);
        Exception? early = await Record.ExceptionAsync(
            async () => await call.RequestStream.WriteAsync(new HandshakeRequest { Payload = ByteString.CopyFromUtf8(payload) }));
        Assert.True(early is null or RpcException, $"{early}");
        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.ReadAsync());

        Assert.Equal((StatusCode.Unauthenticated, ErrorCode.Unauthenticated), (e.Code, RunningServer.DetailOf(e).Code));
    }

    [Fact]
    public async Task Every_call_shows_the_token_in_one_of_three_ways()
    {
        foreach ((string key, string value) in new[] { ("authorization", "Bearer " + Token), ("authorization", Basic("x:" + Token)) })
            Assert.NotEmpty(await ListActionsAsync(new Metadata { { key, value } }));
        Assert.NotEmpty(await ListActionsAsync(new Metadata { { "auth-token-bin", Encoding.UTF8.GetBytes(Token) } }));

        Metadata[] refused = [new(), new() { { "authorization", "Bearer wrong" } }, new() { { "auth-token-bin", Encoding.UTF8.GetBytes("wrong") } }];
        foreach (Metadata headers in refused)
            Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => ListActionsAsync(headers))).Code);
    }

    [Fact]
    public async Task Where_no_token_is_needed_any_credentials_are_taken()
    {
        await using RunningServer open = await RunningServer.StartAsync();
        using DuplexCall<HandshakeRequest, HandshakeResponse> call = Open(open.Channel, Basic("a:b"));
        await call.RequestStream.WriteAsync(new HandshakeRequest());

        Assert.Equal("anonymous", (await call.ResponseStream.ReadAsync())!.Payload.ToStringUtf8());
    }

    private static string Basic(string pair) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));

    private static DuplexCall<HandshakeRequest, HandshakeResponse> Open(GrpcChannel channel, string? header)
    {
        var headers = new Metadata();
        if (header is not null)
            headers.Add("authorization", header);
        return channel.Duplex<HandshakeRequest, HandshakeResponse>(FlightCalls.Method("Handshake"), new CallOptions { Headers = headers });
    }

    private async Task<List<ActionType>> ListActionsAsync(Metadata headers)
    {
        using ServerStreamingCall<ActionType> call =
            _server.Channel.ServerStreaming<Empty, ActionType>(FlightCalls.Method("ListActions"), new Empty(), new CallOptions { Headers = headers });
        List<ActionType> actions = [];
        await foreach (ActionType action in call.ResponseStream.ReadAllAsync())
            actions.Add(action);
        return actions;
    }
}
