using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Varve.Rpc.Client;
using Varve.Rpc.Tests.Hosting;
using Varve.Rpc.Tests.Wire;

namespace Varve.Rpc.Tests;

/// <summary>What the client makes of answers that no good gRPC server gives.</summary>
public sealed class ClientErrorTests
{
    [Theory]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(431, StatusCode.Internal)]
    [InlineData(500, StatusCode.Unknown)]
    [InlineData(502, StatusCode.Unavailable)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(504, StatusCode.Unavailable)]
    [InlineData(301, StatusCode.Unknown)]
    public async Task An_HTTP_status_alone_is_mapped(int status, StatusCode expected)
    {
        RpcException error = await CallAsync(http =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        Assert.Equal(expected, error.Code);
        Assert.Contains($"{status}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_grpc_status_goes_before_the_HTTP_status()
    {
        RpcException error = await CallAsync(http =>
        {
            http.Response.StatusCode = 503;
            http.Response.Headers["grpc-status"] = "5";
            return Task.CompletedTask;
        });
        Assert.Equal(StatusCode.NotFound, error.Code);
    }

    [Theory]
    [InlineData(0, StatusCode.Unavailable)]
    [InlineData(1, StatusCode.Internal)]
    [InlineData(2, StatusCode.Internal)]
    [InlineData(3, StatusCode.Internal)]
    [InlineData(7, StatusCode.Unavailable)]
    [InlineData(8, StatusCode.Cancelled)]
    [InlineData(11, StatusCode.ResourceExhausted)]
    [InlineData(12, StatusCode.PermissionDenied)]
    public async Task A_reset_stream_is_mapped_by_its_code(int http2Error, StatusCode expected)
    {
        RpcException error = await CallAsync(async http =>
        {
            http.Response.ContentType = "application/grpc";
            await http.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 0, 9, 1 });
            await http.Response.Body.FlushAsync();
            http.Features.GetRequiredFeature<IHttpResetFeature>().Reset(http2Error);
        });
        Assert.Equal(expected, error.Code);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_UNAVAILABLE()
    {
        RpcException error = await CallAsync(async http =>
        {
            http.Response.ContentType = "application/grpc";
            await http.Response.StartAsync();
            await http.Response.Body.FlushAsync();
            http.Features.GetRequiredFeature<Microsoft.AspNetCore.Connections.Features.IConnectionLifetimeFeature>().Abort();
        });
        Assert.Contains(error.Code, new[] { StatusCode.Unavailable, StatusCode.Internal });
    }

    [Fact]
    public async Task A_response_of_another_content_type_is_UNKNOWN()
    {
        RpcException error = await CallAsync(http =>
        {
            http.Response.ContentType = "text/html";
            return http.Response.WriteAsync("<h1>It works!</h1>");
        });
        Assert.Equal(StatusCode.Unknown, error.Code);
        Assert.Contains("text/html", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_response_without_a_status_is_UNKNOWN()
    {
        RpcException error = await CallAsync(http =>
        {
            http.Response.ContentType = "application/grpc";
            return http.Response.StartAsync();
        });
        Assert.Equal(StatusCode.Unknown, error.Code);
    }

    [Theory]
    [InlineData("17")]
    [InlineData("-1")]
    [InlineData("many")]
    public async Task A_status_that_is_none_is_UNKNOWN(string status)
    {
        RpcException error = await CallAsync(http =>
        {
            http.Response.ContentType = "application/grpc";
            http.Response.Headers["grpc-status"] = status;
            http.Response.Headers["grpc-message"] = "why";
            return Task.CompletedTask;
        });
        Assert.Equal((StatusCode.Unknown, "why"), (error.Code, error.Message));
    }

    [Theory]
    [InlineData("!!!")]
    [InlineData("////")]
    public async Task Details_that_do_not_decode_do_not_hide_the_status(string details)
    {
        RpcException error = await CallAsync(http =>
        {
            http.Response.ContentType = "application/grpc";
            http.Response.Headers["grpc-status"] = "5";
            http.Response.Headers["grpc-status-details-bin"] = details;
            return Task.CompletedTask;
        });
        Assert.Equal(StatusCode.NotFound, error.Code);
        Assert.Empty(error.Details);
    }

    [Fact]
    public async Task An_encoding_that_was_not_offered_is_INTERNAL()
    {
        RpcException error = await CallAsync(http =>
        {
            http.Response.ContentType = "application/grpc";
            http.Response.Headers["grpc-encoding"] = new StringValues("br");
            return http.Response.StartAsync();
        });
        Assert.Equal(StatusCode.Internal, error.Code);
    }

    [Fact]
    public async Task A_response_over_the_limit_is_RESOURCE_EXHAUSTED()
    {
        await using TestServer server = await TestServer.StartEchoAsync();
        GrpcChannel channel = server.Connect(new GrpcChannelOptions { MaxReceiveMessageBytes = 1000 });
        var error = await Assert.ThrowsAsync<RpcException>(() => channel.CallUnaryAsync<Blob, Blob>(Echo.Say, Echo.Blob(1000)).InTime());
        Assert.Equal(StatusCode.ResourceExhausted, error.Code);
        await channel.CallUnaryAsync<Blob, Blob>(Echo.Say, Echo.Blob(900)).InTime();
    }

    [Fact]
    public async Task A_failed_call_fails_again_the_same_way()
    {
        await using TestServer server = await TestServer.StartAsync(grpc => grpc.AddServerStreaming<Blob>(Echo.Count, (_, _) =>
            throw new RpcException(StatusCode.NotFound, "gone")));
        using ServerStreamingCall<Blob> call = server.Connect().ServerStreaming<Blob, Blob>(Echo.Count, new Blob());
        for (int i = 0; i < 3; i++)
        {
            var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseHeadersAsync().InTime());
            Assert.Equal(StatusCode.NotFound, error.Code);
            error = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.ReadAsync().InTime());
            Assert.Equal(StatusCode.NotFound, error.Code);
        }
    }

    private static async Task<RpcException> CallAsync(RequestDelegate handler)
    {
        await using TestServer server = await TestServer.StartHttpAsync(handler);
        return await Assert.ThrowsAsync<RpcException>(() => server.Connect().CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob()).InTime());
    }
}
