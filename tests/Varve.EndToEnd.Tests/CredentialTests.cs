using Varve.EndToEnd.Tests.Clients;

namespace Varve.EndToEnd.Tests;

/// <summary>Each client's own way to show who it is: bearer tokens, a handshake with a Basic header or with a BasicAuth payload, and TLS.</summary>
[Collection(RealClients.Name)]
public class CredentialTests(GuardedDaemon guarded, TlsDaemon tls, NodeClients node) : IClassFixture<GuardedDaemon>, IClassFixture<TlsDaemon>
{
    private const string Names = "select name from trips where id = 1";

    [Theory]
    [InlineData("lakehouse")]
    [InlineData("lakehousePassword")]
    [InlineData("ceramic")]
    [InlineData("gizmosql")]
    [InlineData("lancedb")]
    [InlineData("qualithm")]
    [InlineData("influx")]
    public async Task A_client_with_a_token_is_let_in(string client)
    {
        ClientAnswer answer = await node.RunAsync("sql.mjs", new { client, port = guarded.Port, token = guarded.Token, queries = new { Names } });

        Assert.Contains("Zürich", answer.Text("Names"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ceramic")]
    [InlineData("influx")]
    public async Task A_client_with_a_wrong_token_is_not(string client)
    {
        ClientAnswer answer = await node.RunAsync("sql.mjs", new { client, port = guarded.Port, token = "wrong", queries = new { Names } });

        Assert.Contains("none of this daemon", answer.Error("Names"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gizmosqlTls")]
    [InlineData("spice")]
    public async Task A_client_comes_in_over_tls(string client)
    {
        ClientAnswer answer = await node.RunAsync("sql.mjs", new
        {
            client,
            port = tls.Port,
            token = tls.Token,
            certificate = tls.CertificateFile,
            queries = new { Names },
        });

        Assert.Contains("Zürich", answer.Text("Names"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parameters_are_bound_by_a_javascript_client()
    {
        ClientAnswer answer = await node.RunAsync("sql.mjs", new
        {
            client = "spice",
            port = tls.Port,
            token = tls.Token,
            certificate = tls.CertificateFile,
            prepared = new { ById = new object[] { "select name from trips where id = $1", new[] { 1 } } },
        });

        Assert.Contains("Zürich", answer.Text("ById"), StringComparison.Ordinal);
    }
}
