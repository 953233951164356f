using System.Net;
using Google.Protobuf;
using Varve.Rpc.Tests.Hosting;
using Varve.Rpc.Tests.Wire;

namespace Varve.Rpc.Tests;

/// <summary>Which requests are calls at all, by their method, path and content type.</summary>
public sealed class RequestAdmissionTests
{
    private static readonly byte[] Message = RawHttp2.Frame(new Blob { Number = 5 }.ToByteArray());

    [Theory]
    [InlineData("application/grpc")]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc; charset=utf-8")]
    public async Task Every_form_of_the_content_type_is_answered_as_grpc(string contentType)
    {
        await using TestServer server = await TestServer.StartEchoAsync();
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.SayPath, Message, ("content-type", contentType));
        Assert.Equal(200, response.HttpStatus);
        Assert.Equal(StatusCode.Ok, response.Status);
        Assert.Equal("application/grpc", response.Headers["content-type"].Single());
        Assert.Equal(Message, response.Body);
    }

    [Theory]
    [InlineData("application/grpc-web")]
    [InlineData("application/grpc-web+proto")]
    [InlineData("application/json")]
    [InlineData("application/grp")]
    public async Task Another_content_type_is_refused_with_415(string contentType)
    {
        await using TestServer server = await TestServer.StartEchoAsync();
        RawResponse response = await server.ConnectRaw().PostAsync(Echo.SayPath, Message, ("content-type", contentType));
        Assert.Equal(415, response.HttpStatus);
    }

    [Fact]
    public async Task A_request_without_content_type_is_refused_with_415()
    {
        await using TestServer server = await TestServer.StartEchoAsync();
        RawHttp2 raw = server.ConnectRaw();
        HttpRequestMessage request = raw.CreatePost(Echo.SayPath, new ByteArrayContent(Message));
        request.Content!.Headers.ContentType = null;
        using HttpResponseMessage response = await raw.SendAsync(request);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task A_method_other_than_POST_is_refused_with_405_and_Allow()
    {
        await using TestServer server = await TestServer.StartEchoAsync();
        RawHttp2 raw = server.ConnectRaw();
        HttpRequestMessage request = raw.CreatePost(Echo.SayPath, new ByteArrayContent([]));
        request.Method = HttpMethod.Put;
        RawResponse response = await RawHttp2.ReadAsync(await raw.SendAsync(request));
        Assert.Equal(405, response.HttpStatus);
        Assert.Equal("POST", response.Headers["allow"].Single());
    }

    [Fact]
    public async Task HTTP_1_is_refused_before_any_call()
    {
        await using TestServer server = await TestServer.StartEchoAsync();
        RawHttp2 raw = server.ConnectRaw();
        HttpRequestMessage request = raw.CreatePost(Echo.SayPath, new ByteArrayContent(Message));
        request.Version = HttpVersion.Version11;
        using HttpResponseMessage response = await raw.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task The_te_header_is_not_required()
    {
        await using TestServer server = await TestServer.StartEchoAsync();
        RawResponse without = await server.ConnectRaw().PostAsync(Echo.SayPath, Message);
        RawResponse with = await server.ConnectRaw().PostAsync(Echo.SayPath, Message, ("te", "trailers"));
        Assert.Equal(StatusCode.Ok, without.Status);
        Assert.Equal(StatusCode.Ok, with.Status);
    }

    [Theory]
    [InlineData("/varve.rpc.tests.Echo/Shout")]
    [InlineData("/varve.rpc.tests.Echo/say")]
    [InlineData("/varve.rpc.tests.echo/Say")]
    [InlineData("/nobody.Knows/Say")]
    [InlineData("/")]
    public async Task An_unknown_method_is_UNIMPLEMENTED_in_one_frame_of_headers(string path)
    {
        await using TestServer server = await TestServer.StartEchoAsync();
        RawResponse response = await server.ConnectRaw().PostAsync(path, Message);
        Assert.Equal(200, response.HttpStatus);
        Assert.True(response.IsTrailersOnly);
        Assert.Equal(StatusCode.Unimplemented, response.Status);
        Assert.Contains(path, response.Message, StringComparison.Ordinal);
        Assert.Null((await server.NextReportAsync()).Call.Method);
    }

    [Fact]
    public async Task Twenty_kilobytes_of_headers_pass_and_forty_are_refused_with_431()
    {
        await using TestServer server = await TestServer.StartEchoAsync();
        RawResponse passes = await server.ConnectRaw().PostAsync(Echo.SayPath, Message, ("x-big", new string('a', 20_000)));
        Assert.Equal(StatusCode.Ok, passes.Status);
        try
        {
            RawResponse refused = await server.ConnectRaw().PostAsync(Echo.SayPath, Message, ("x-big", new string('a', 40_000)));
            Assert.Equal(431, refused.HttpStatus);
        }
        catch (HttpRequestException e)
        {
            // A client that has heard of the server's limit by then does not even send the request.
            Assert.Contains("32768", e.Message, StringComparison.Ordinal);
        }
    }
}
