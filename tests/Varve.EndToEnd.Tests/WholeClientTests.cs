using Varve.EndToEnd.Tests.Clients;

namespace Varve.EndToEnd.Tests;

/// <summary>
/// Everything that each client of another maker can do, with credentials. What fails by the client's own fault stands in a table, so that a version
/// that mends it, or a change here that breaks something, is noticed.
/// </summary>
[Collection(RealClients.Name)]
public class WholeClientTests(GuardedDaemon guarded, TlsDaemon tls, NodeClients node) : IClassFixture<GuardedDaemon>, IClassFixture<TlsDaemon>
{
    /// <summary>Sends a descriptor where an action belongs.</summary>
    private const string Prepare = "prepare: Expected argument of type arrow.flight.protocol.Action";

    /// <summary>Sends the command without the Any around it, so that its bytes are taken for SQL.</summary>
    private static readonly string[] Bare = ["querySchema: syntax error", "primaryKeys: syntax error", "foreignKeys: syntax error"];

    /// <summary>The same, of messages that have no field set, and so no bytes.</summary>
    private static readonly string[] Empty = ["catalogs: command of 0 bytes", "schemas: command of 0 bytes", "tableTypes: command of 0 bytes"];

    /// <summary>Puts a plain object where its library wants a message.</summary>
    private static readonly string[] Put = ["preparedUpdateWithRows: cannot use field", "put: cannot use field"];

    private static readonly Dictionary<string, string[]> OwnFaults = new()
    {
        ["lakehouse"] = [],
        ["ceramic"] = [],
        ["gizmosql"] = [.. Bare, Prepare],
        ["firetiger"] = [.. Bare, Prepare, .. Empty],
        ["lancedb"] = [],
        ["influx"] = [],
        ["spice"] = [],
        ["qualithm"] = Put,
        ["flight"] = [],
    };

    public static TheoryData<string> Names => [.. OwnFaults.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_client_can_do_all_but_what_it_does_wrong_itself(string client)
    {
        // This one shows its token over TLS only.
        GuardedDaemon daemon = client == "spice" ? tls : guarded;
        ClientAnswer answer = await node.RunAsync(
            "everything.mjs", new { client, port = daemon.Port, token = daemon.Token, certificate = daemon.CertificateFile });

        string[] faults = OwnFaults[client];
        Assert.Equal(faults.Select(StepOf).Order(), answer.FailedSteps.Order());
        Assert.All(faults, fault => Assert.Contains(fault[(StepOf(fault).Length + 2)..], answer.Error(StepOf(fault)), StringComparison.Ordinal));
        Assert.True(answer.StepCount > faults.Length + 4, $"only {answer.StepCount} steps were tried");
    }

    private static string StepOf(string fault) => fault[..fault.IndexOf(':', StringComparison.Ordinal)];
}
