using System.Security.Cryptography.X509Certificates;
using Varve.Rpc.Client;
using Varve.Rpc.Server;
using Varve.Rpc.Tests.Hosting;
using Varve.Rpc.Tests.Wire;
using Varve.Testing;

namespace Varve.Rpc.Tests;

/// <summary>TLS and Unix sockets; clear text is what all other tests use.</summary>
public sealed class EndpointTests
{
    [Fact]
    public async Task TLS_with_a_private_root_works_for_the_name_in_the_certificate()
    {
        using var authority = new TestCertificates();
        using X509Certificate2 certificate = authority.Issue("127.0.0.1");
        await using TestServer server = await TestServer.StartAsync(AddEcho, certificate: certificate);
        var tls = new ClientTlsOptions { RootCertificates = [authority.Root] };
        Assert.Equal(5, await CallAsync(server, tls));
    }

    [Fact]
    public async Task A_server_name_of_its_own_is_checked_instead_of_the_address()
    {
        using var authority = new TestCertificates();
        using X509Certificate2 certificate = authority.Issue("varve.example");
        await using TestServer server = await TestServer.StartAsync(AddEcho, certificate: certificate);
        var tls = new ClientTlsOptions { RootCertificates = [authority.Root] };
        var error = await Assert.ThrowsAsync<RpcException>(() => CallAsync(server, tls));
        Assert.Equal(StatusCode.Unavailable, error.Code);
        Assert.Equal(5, await CallAsync(server, tls with { ServerName = "varve.example" }));
    }

    [Fact]
    public async Task A_certificate_from_elsewhere_is_refused_unless_told_to_skip_the_check()
    {
        using var authority = new TestCertificates();
        using var other = new TestCertificates();
        using X509Certificate2 certificate = authority.Issue("127.0.0.1");
        await using TestServer server = await TestServer.StartAsync(AddEcho, certificate: certificate);
        foreach (ClientTlsOptions? tls in new[] { null, new ClientTlsOptions { RootCertificates = [other.Root] } })
        {
            var error = await Assert.ThrowsAsync<RpcException>(() => CallAsync(server, tls));
            Assert.Equal(StatusCode.Unavailable, error.Code);
            Assert.Contains("certificate", error.Message, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal(5, await CallAsync(server, new ClientTlsOptions { SkipVerification = true }));
    }

    [Fact]
    public async Task Clear_text_to_a_TLS_port_is_UNAVAILABLE()
    {
        using var authority = new TestCertificates();
        using X509Certificate2 certificate = authority.Issue("127.0.0.1");
        await using TestServer server = await TestServer.StartAsync(AddEcho, certificate: certificate);
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{server.Address.Port}"));
        var error = await Assert.ThrowsAsync<RpcException>(() => channel.CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob()).InTime());
        Assert.Equal(StatusCode.Unavailable, error.Code);
    }

    [Fact]
    public async Task A_Unix_socket_carries_calls_too()
    {
        using var directory = new TempDirectory("rpc");
        await using TestServer server = await TestServer.StartAsync(AddEcho, unixSocketPath: directory.File("varve.sock"));
        Assert.Equal(5, await CallAsync(server, null));
        Assert.Equal("local", (await server.Connect().CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob()).InTime()).Text);
    }

    [Theory]
    [InlineData("grpc://127.0.0.1:1")]
    [InlineData("ftp://127.0.0.1")]
    public void An_address_of_another_kind_is_refused(string address) =>
        Assert.Throws<ArgumentException>(() => new GrpcChannel(new Uri(address)));

    private static void AddEcho(GrpcServer server) =>
        server.AddUnary<Blob, Blob>(Echo.Say, (request, call) => Task.FromResult(new Blob { Number = request.Number, Text = call.Peer }));

    private static async Task<long> CallAsync(TestServer server, ClientTlsOptions? tls) =>
        (await server.Connect(new GrpcChannelOptions { Tls = tls }).CallUnaryAsync<Blob, Blob>(Echo.Say, new Blob { Number = 5 }).InTime()).Number;
}
