using Google.Protobuf;
using Varve.Rpc.Tests.Hosting;
using Varve.Rpc.Tests.Wire;

namespace Varve.Rpc.Tests;

/// <summary>Methods that take or give exactly one message.</summary>
public sealed class CardinalityTests
{
    private static readonly byte[] One = RawHttp2.Frame(new Blob { Number = 5 }.ToByteArray());

    [Theory]
    [InlineData("Say", 0)]
    [InlineData("Say", 2)]
    [InlineData("Count", 0)]
    [InlineData("Count", 2)]
    public async Task Another_number_of_requests_than_one_is_UNIMPLEMENTED(string method, int requests)
    {
        bool handled = false;
        await using TestServer server = await TestServer.StartAsync(grpc =>
        {
            grpc.AddUnary<Blob, Blob>(Echo.Say, (request, _) =>
            {
                handled = true;
                return Task.FromResult(request);
            });
            grpc.AddServerStreaming<Blob>(Echo.Count, (_, _) =>
            {
                handled = true;
                return Task.CompletedTask;
            });
        });
        byte[] body = [.. Enumerable.Repeat(One, requests).SelectMany(bytes => bytes)];
        RawResponse response = await server.ConnectRaw().PostAsync($"/varve.rpc.tests.Echo/{method}", body);
        Assert.Equal(StatusCode.Unimplemented, response.Status);
        Assert.False(handled);
    }

    [Fact]
    public async Task An_end_of_the_request_in_an_empty_frame_of_its_own_is_an_end()
    {
        await using TestServer server = await TestServer.StartEchoAsync();
        RawHttp2 raw = server.ConnectRaw();
        RawResponse response = await RawHttp2.ReadAsync(await raw.SendAsync(raw.CreatePost(Echo.SayPath, new BytewiseContent(One, One.Length))));
        Assert.Equal(StatusCode.Ok, response.Status);
        Assert.Equal(One, response.Body);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task The_client_takes_another_number_of_responses_than_one_as_UNIMPLEMENTED(int responses)
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.Add(Echo.SayPath, async call =>
        {
            for (int i = 0; i < responses; i++)
                await call.WriteAsync(new Blob());
        }));
        var error = await Assert.ThrowsAsync<RpcException>(() => server.Connect().CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob()).InTime());
        Assert.Equal(StatusCode.Unimplemented, error.Code);
    }

    [Fact]
    public async Task OK_without_a_message_is_headers_and_trailers()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddServerStreaming<Blob>(Echo.Count, (_, call) =>
        {
            call.Trailers.Add("x-rows", "0");
            return Task.CompletedTask;
        }));
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.CountPath, One);
        Assert.False(response.IsTrailersOnly);
        Assert.False(response.Headers.Contains("grpc-status"));
        Assert.Equal(StatusCode.Ok, response.Status);
        Assert.Equal("0", response.Trailers["x-rows"].Single());
        Assert.Empty(response.Body);
    }

    [Fact]
    public void A_handler_that_does_not_fit_its_method_is_refused_at_the_start()
    {
        var server = new Server.GrpcServer();
        Assert.Throws<ArgumentException>(() => server.AddUnary<Blob, Blob>(Echo.Chat, (request, _) => Task.FromResult(request)));
        Assert.Throws<ArgumentException>(() => server.AddBidi(Echo.Say, _ => Task.CompletedTask));
        Assert.Throws<ArgumentException>(() => server.AddServerStreaming<Blob.Types.Nested>(Echo.Count, (_, _) => Task.CompletedTask));
        server.AddUnary<Blob, Blob>(Echo.Say, (request, _) => Task.FromResult(request));
        Assert.Throws<ArgumentException>(() => server.Add(Echo.SayPath, _ => Task.CompletedTask));
    }

    [Fact]
    public async Task A_client_call_that_does_not_fit_its_method_is_refused_before_it_is_sent()
    {
        await using TestServer server = await TestServer.StartEchoAsync();
        Assert.Throws<ArgumentException>(() => server.Connect().Duplex<Blob, Blob>(Echo.Say));
    }
}
