using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Varve.Protocol.V1;
using Varve.Rpc;
using Varve.Rpc.Client;
using Varve.Rpc.Health.V1;
using Varve.Server.Configuration;
using Varve.Server.Security;
using Varve.Testing;

namespace Varve.Server.Tests.Security;

public sealed class SecureServerTests : IDisposable
{
    private readonly TempDirectory _files = new("secure");

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Without_its_token_no_call_is_answered_but_health()
    {
        File.WriteAllText(_files.File("tokens"), TokensFile.Line("writer", "the-token"));
        await using RunningServer server = await RunningServer.StartAsync(o => o.Auth.TokensFile = _files.File("tokens"));
        await RefusedAsync(server, new GrpcChannelOptions());
        await RefusedAsync(server, new GrpcChannelOptions { BearerToken = "another-token" });
        await RefusedAsync(server, new GrpcChannelOptions { Headers = new Metadata { { "authorization", "Basic d3JpdGVyOndyb25n" } } });

        using GrpcChannel bearer = server.OpenChannel(new GrpcChannelOptions { BearerToken = "the-token" });
        Assert.Empty((await ListAsync(bearer)).Streams);
        string basic = Convert.ToBase64String("anyone:the-token"u8);
        using GrpcChannel byPassword = server.OpenChannel(
            new GrpcChannelOptions { Headers = new Metadata { { "authorization", "Basic " + basic } } });
        Assert.Empty((await ListAsync(byPassword)).Streams);
        await server.Channel.CallUnaryAsync<HealthCheckRequest, HealthCheckResponse>(
            HealthReflection.Descriptor.Services[0].FindMethodByName("Check"), new HealthCheckRequest());

        Assert.Equal("ready\n", await server.HttpGetAsync("/health/ready"));
        Assert.Equal(401, (await server.HttpAsync("/metrics")).Status);
        Assert.Equal(401, (await server.HttpAsync("/metrics", "wrong")).Status);
        Assert.Contains("varve_server_uptime_seconds", await server.HttpGetAsync("/metrics", "the-token"), StringComparison.Ordinal);
        await Until.True(
            () => server.Log.Entries.Any(e => e.Message.Contains("(writer): Ok", StringComparison.Ordinal)), "the access log names the caller");
        Assert.DoesNotContain(server.Log.Entries, e => e.Message.Contains("the-token", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Both_ports_speak_TLS_with_the_certificate_given()
    {
        using X509Certificate2 certificate = WriteCertificate();
        void Configure(VarveServerOptions o) => (o.Tls.CertificateFile, o.Tls.KeyFile) = (_files.File("cert.pem"), _files.File("key.pem"));
        var trusting = new GrpcChannelOptions { Tls = new ClientTlsOptions { RootCertificates = [certificate] } };
        await using RunningServer server = await RunningServer.StartAsync(Configure, trusting);
        await server.CreateAsync("a int64");
        Assert.Single((await ListAsync(server.Channel)).Streams);

        using GrpcChannel doubting = server.OpenChannel(new GrpcChannelOptions());
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => ListAsync(doubting))).Code);
        using var clear = new GrpcChannel(new Uri($"http://{server.Server.GrpcEndpoint}"));
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => ListAsync(clear))).Code);

        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.GetCertHashString() == certificate.GetCertHashString();
        using var client = new HttpClient(handler);
        Assert.Equal("ready\n", await client.GetStringAsync(new Uri($"https://{server.Server.HttpEndpoint}/health/ready")));
    }

    [Theory]
    [InlineData("cert.pem", "missing.pem")]
    [InlineData("missing.pem", "key.pem")]
    [InlineData("key.pem", "cert.pem")]
    [InlineData("cert.pem", "other.pem")]
    public async Task A_certificate_that_cannot_be_used_stops_the_start(string certificateFile, string keyFile)
    {
        WriteCertificate().Dispose();
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(_files.File("other.pem"), other.ExportPkcs8PrivateKeyPem());
        var e = await Assert.ThrowsAsync<StartupException>(() => RunningServer.StartAsync(
            o => (o.Tls.CertificateFile, o.Tls.KeyFile) = (_files.File(certificateFile), _files.File(keyFile))));
        Assert.Equal(StartupErrorCode.Security, e.Code);
        Assert.Contains(_files.File(certificateFile), e.Message, StringComparison.Ordinal);
        Assert.Contains(_files.File(keyFile), e.Message, StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(RunningServer server, GrpcChannelOptions options)
    {
        using GrpcChannel channel = server.OpenChannel(options);
        var e = await Assert.ThrowsAsync<RpcException>(() => ListAsync(channel));
        Assert.Equal((StatusCode.Unauthenticated, ErrorCode.Unauthenticated), (e.Code, RunningServer.DetailOf(e).Code));
        Assert.Contains("token", e.Message, StringComparison.Ordinal);
    }

    private static Task<ListStreamsResponse> ListAsync(GrpcChannel channel) =>
        channel.CallUnaryAsync<ListStreamsRequest, ListStreamsResponse>(RunningServer.Method("ListStreams"), new ListStreamsRequest());

    private X509Certificate2 WriteCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(_files.File("cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(_files.File("key.pem"), key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }
}
